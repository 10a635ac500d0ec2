"""Which calls of agents could run on a cheaper model, by what history shows, and what it saves."""
