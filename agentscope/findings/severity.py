"""How much a finding matters."""

from __future__ import annotations

from enum import IntEnum


class Severity(IntEnum):
    """How much it matters. Only an alert may wake a person. Stored: add, never renumber."""

    INFO = 1  # worth knowing
    WARNING = 2  # worth a look
    ALERT = 3  # is burning money or time now

    @property
    def word(self) -> str:
        return self.name.lower()
