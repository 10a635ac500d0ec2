"""The agents and tools of one trace as a graph: who called whom and what, and what it came to."""
