"""What the supervisor says to the person at the terminal."""

import sys


class CannotStart(SystemExit):
    """The one sentence for a start that cannot work: what, where, what to do. Ends with exit code 1."""


def say(text: str) -> None:
    """One line of progress, seen at once even through a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
