"""Machines read here: traces, spans, exports, health."""
