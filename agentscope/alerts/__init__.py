"""Who must know, and may it go on: rules, budgets, and what they came to."""
