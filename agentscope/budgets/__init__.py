"""May it go on: budgets, what is spent and reserved of them, and what was answered."""
