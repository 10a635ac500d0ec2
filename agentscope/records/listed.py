"""What lists show of a record, and filter by: under the digest of its body too. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from agentscope.records.item import written


@dataclass(slots=True, frozen=True)
class Listed:
    """Columns of models.Record, by their names."""

    at: datetime
    took_ns: int
    agent: str
    path: str
    version: str
    session: str
    end_user: str
    environment: str
    outcome: str
    authority: str
    effects: list[str]
    people: list[str]
    findings: list[str]
    pico: int | None
    unpriced: int
    rejected: int
    rejected_pico: int | None
    rejected_unpriced: int


NAMES = tuple(field.name for field in fields(Listed))


def listed(columns: Any) -> dict[str, Any]:
    """The columns of something that has them all, as they stand in a body."""
    return {name: spelled(getattr(columns, name)) for name in NAMES}


def spelled(value: Any) -> Any:
    """Numbers as text: not every reader of JSON takes large ones."""
    if isinstance(value, datetime):
        return written(value)
    return str(value) if isinstance(value, int) else value


def differing(record: Any, body: Mapping[str, Any]) -> list[str]:
    """The names of the columns of a record that are not as its body has them. Bodies of form 1 have
    none of them."""
    known = body.get("listed")
    if not isinstance(known, dict):
        return []
    return [name for name, value in listed(record).items() if known.get(name) != value]
