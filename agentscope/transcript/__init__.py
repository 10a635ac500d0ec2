"""A run as a conversation: whose turn it was, what was new in it, what came of it."""
