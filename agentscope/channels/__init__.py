"""Where messages go: channels of a project, what is delivered through them, and what came of it."""
