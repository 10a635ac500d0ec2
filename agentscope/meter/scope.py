"""Whose use is meant: of a whole project, of one agent, session, …, or of each of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

# By what use is told apart, and the columns for it.
COLUMN = {
    "path": "path",
    "agent": "agent",
    "tool": "tool",
    "model": "model",
    "environment": "environment",
    "key": "key",
    "session": "session",
    "user": "user_name",
    "trace": "trace_id",
}
# Of the others there may be as many as traces: they are in the readings alone.
IN_QUARTERS = frozenset(("path", "agent", "tool", "model", "environment", "key"))


@dataclass(frozen=True, slots=True)
class Scope:
    """What `only` says, by dimension; a path is meant with all that is below it, unless
    `is_own_path`. With `each`, a dimension, it is told of each by itself, a path without what is
    below it; `traces` are the only ones, if said.

    Raises ValueError for a dimension that there is not."""

    only: Mapping[str, str] = field(default_factory=dict)
    each: str = ""
    traces: Sequence[UUID] | None = None
    is_own_path: bool = False

    def __post_init__(self) -> None:
        if unknown := self.dimensions - set(COLUMN):
            names = ", ".join(sorted(unknown))
            raise ValueError(f"Use is told apart by {', '.join(COLUMN)}, not by “{names}”.")

    @property
    def dimensions(self) -> set[str]:
        """By what use has to be told apart."""
        return {*self.only, *([self.each] if self.each else [])}

    @property
    def is_in_quarters(self) -> bool:
        """Whether quarters that were added up tell it."""
        return self.traces is None and self.dimensions <= IN_QUARTERS

    @property
    def column(self) -> str:
        """What groups are told apart by, in SQL."""
        return COLUMN[self.each] if self.each else "''"


def group_name(each: str, group: str) -> str:
    """A group as people know it: a trace by its 32 hex digits."""
    return group.replace("-", "") if each == "trace" else group


def is_meant(dimension: str, said: str, only: str) -> bool:
    """Whether a name is the one that a scope says; a path is meant with all below it."""
    return said == only or (dimension == "path" and said.startswith(only + "/"))


def conditions(
    scope: Scope, groups: Sequence[str] | None, kind: int | None
) -> tuple[str, dict[str, Any]]:
    """What readings of a scope fulfil, in SQL that begins with `and`, and what it asks for."""
    said: dict[str, Any] = {f"only_{name}": value for name, value in scope.only.items()}
    parts = [only(name, is_own=scope.is_own_path) for name in scope.only]
    if scope.each and scope.each != "trace":
        parts.append(f"{scope.column} <> ''")  # nobody is no group
    if scope.each and groups is not None:
        kind_of = "uuid" if scope.each == "trace" else "text"
        parts.append(f"{scope.column} = any(%(groups)s::{kind_of}[])")
        said["groups"] = list(groups)
    if scope.traces is not None:
        parts.append("trace_id = any(%(traces)s::uuid[])")
        said["traces"] = list(scope.traces)
    if kind is not None:
        parts.append("kind = %(kind)s")
        said["kind"] = kind
    return "".join(f" and {part}" for part in parts), said


def only(dimension: str, *, is_own: bool) -> str:
    """What readings of one agent, session, … fulfil."""
    if dimension == "trace":
        return "trace_id = %(only_trace)s::uuid"
    if dimension == "path" and not is_own:
        return "(path = %(only_path)s or starts_with(path, %(only_path)s || '/'))"
    return f"{COLUMN[dimension]} = %(only_{dimension})s"
