"""A trace as it is read: what is folded into one row, what is open, and where a page is."""
