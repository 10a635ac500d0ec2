"""Whether a record fits what the ledger says of it, in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from agentscope.records.fit import Fit, Fits

WORDS = {
    Fits.YES: ("It fits: the ledger holds the digest of exactly this.", "good"),
    Fits.NOT_YET: ("The ledger does not hold its digest yet; that takes a minute or so.", ""),
    Fits.CHANGED: ("It was changed: its digest is not the one that was written down.", "bad"),
    Fits.OTHER: ("It does not fit: the entry of the ledger holds no such digest of it.", "bad"),
    Fits.GONE: ("Nothing can be compared: that entry of the ledger cannot be read.", "warn"),
}


@dataclass(frozen=True, slots=True)
class FitLine:
    """What is said of it."""

    digest: str
    position: int | None
    words: str
    tone: str


def fit_line(found: Fit) -> FitLine:
    """A comparison as a sentence."""
    return FitLine(found.digest, found.position, *WORDS[found.fits])
