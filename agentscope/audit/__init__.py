"""The ledger as people look at it: what they look for in it, and verified while they wait."""
