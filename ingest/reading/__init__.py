"""Readers of values, shared by all dialects. Pure: no dialect knows another, all know these."""
