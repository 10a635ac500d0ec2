"""Erasing what is stored of a person or a session, and giving a person a copy of it. See
docs/retention.md."""
