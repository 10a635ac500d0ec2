"""Agents over many traces: what they cost, how long they take, what they call."""
