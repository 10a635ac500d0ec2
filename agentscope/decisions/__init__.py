"""What was decided in a run: what each turn was given, considered, chose, did and turned down."""
