"""What looks wrong in a trace, a session or a project: named, shown with its evidence, priced."""
