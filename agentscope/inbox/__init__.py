"""What was accepted and not yet understood, and what was refused."""
