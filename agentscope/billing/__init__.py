"""Which spans count towards the bill, each model call once, and what it comes to."""
