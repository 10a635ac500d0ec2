"""Runs of made-up agent programs, each labelled with what is wrong with it or why nothing is.

A program (`programs/`) is written against a small runtime (`runtime.py`) that only records what
happened; a sender (`senders/`) tells it as some instrumentation would; the noise of real senders is
added on the way (`noise.py`, `wire.py`). Nothing here knows how anything is detected.
docs/scenarios.md says what this covers and what not.
"""
