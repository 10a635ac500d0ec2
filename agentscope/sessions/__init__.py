"""A task over several traces: what it came to, how long it worked and waited."""
