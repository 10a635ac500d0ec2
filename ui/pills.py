"""A word beside the name of a span."""

from __future__ import annotations

from dataclasses import dataclass

QUIET = "mark"  # the tone of what is marked and does not shout


@dataclass(slots=True, frozen=True)
class Pill:
    """Tones: bad, warn, good; `mark` is quiet, plain ones give way when there is no room. A title
    says more; `short` stands for the text where there is no room."""

    text: str
    tone: str = "plain"
    title: str = ""
    short: str = ""
