"""What is odd about how somebody reviews: reasons to ask, no verdict on whoever does. Pure."""

from __future__ import annotations

from enum import StrEnum

LEAST = 10  # reviews on the page below which nothing is odd
HASTY = 10.0  # seconds
NEARLY_ALL = 0.9


class Odd(StrEnum):
    """A reason to ask how somebody looked."""

    HASTY = "hasty"  # half of the reviews or more took less than HASTY
    UNREAD = "unread"  # NEARLY_ALL or more were given without any step opened


def odd(seen: int, seconds: float | None, unread: float | None) -> list[Odd]:
    """What is odd about so many reviews that were seen, of this median time, and this share of them
    without any step opened; nothing below LEAST."""
    if seen < LEAST or seconds is None or unread is None:
        return []
    found = {Odd.HASTY: seconds < HASTY, Odd.UNREAD: unread >= NEARLY_ALL}
    return [each for each, is_so in found.items() if is_so]
