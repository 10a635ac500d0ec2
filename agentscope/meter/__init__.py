"""What was used when, by the minute: what alerts and budgets are worked out from."""
