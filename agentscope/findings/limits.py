"""From how many repeats on a detector speaks, and what a project says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

FEWEST = 3  # repeats: runs in which nothing comes so often are not walked, see courses.worth_a_look


def fewest(usual: int) -> int:
    """The least number of repeats that a project may say instead of what is usual."""
    return min(usual, FEWEST)


@dataclass(slots=True, frozen=True)
class Limit:
    """Repeats from which a detector informs and alerts."""

    inform: int
    alert: int
    enabled: bool = True

    def times(self, factor: int) -> Limit:
        """The same for what may well happen more often."""
        return Limit(self.inform * factor, self.alert * factor, self.enabled)


@dataclass(slots=True, frozen=True)
class Limits:
    """What a project says otherwise, by the code of a finding."""

    own: Mapping[str, Limit] = field(default_factory=dict)

    def of(self, code: str, inform: int, alert: int) -> Limit:
        """The limit of a code, whose usual thresholds are given."""
        return self.own.get(code) or Limit(inform, alert)

    def of_repeats(self, code: str, inform: int, alert: int) -> Limit:
        """The same of a code that counts repeats, of which there can be too few to tell."""
        own = self.of(code, inform, alert)
        return replace(own, inform=max(own.inform, fewest(inform)))


USUAL = Limits()
