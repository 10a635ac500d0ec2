"""What understands stored records. The core does not know the dialects: the setting
AGENTSCOPE_UNDERSTANDING names what does. See docs/adr/0012-understanding.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from agentscope.vocabulary import Meaning, WireLog, WireSpan

Spans = list[tuple[WireSpan, Meaning]]
Logs = list[tuple[WireLog, Meaning]]


class Understood(Protocol):
    """How a project understands stored records now."""

    def span(self, raw: bytes, envelope: bytes) -> tuple[WireSpan, Meaning]:
        """A stored span and what it means."""
        ...

    def logs(self, stored: Iterable[tuple[bytes, bytes, int | None]]) -> tuple[Spans, Logs]:
        """Stored log records, given with their envelopes and the keys that sent them; first the
        spans made of them."""
        ...


class Understand(Protocol):
    """What AGENTSCOPE_UNDERSTANDING names."""

    def __call__(self, project_id: int, trial: Sequence[tuple[str, str]] = ()) -> Understood:
        """How a project understands, with mappings (attribute, field) that are only tried."""
        ...


def understanding(project_id: int, trial: Sequence[tuple[str, str]] = ()) -> Understood:
    """How a project understands stored records now, by the dialects of this installation."""
    understand = cast(Understand, import_string(settings.AGENTSCOPE_UNDERSTANDING))
    return understand(project_id, trial)
