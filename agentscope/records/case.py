"""A trace with all that its records are told from. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agentscope.decisions.deciding import Decisions
from agentscope.findings.found import Found
from agentscope.findings.scene import Scene
from agentscope.records.effects import Effects
from agentscope.records.item import Item, cut, digest_of
from agentscope.traces.above import NONE
from agentscope.traces.contents import Said
from agentscope.traces.ids import span_hex
from agentscope.traces.spans import Spans
from agentscope.traces.totals import Totals
from agentscope.traces.tree import Tree
from agentscope.vocabulary import Kind

CALLED = (Kind.TOOL, Kind.HANDOFF)
GIVEN = ("arguments", "input_messages", "input")
GAVE = ("result", "output_messages", "output")


@dataclass(slots=True, frozen=True)
class Ordered:
    """What somebody, or a budget, said about a trace: to stop it, or to let it go on."""

    what: str  # stop, lift; or what who asked whether to go on was told: allow, warn, downgrade
    at: datetime
    by: str
    why: str
    agent: str = ""  # "": whoever
    is_person: bool = False  # who said it, else a budget


@dataclass(slots=True)
class Case:
    """A trace, and what was asked about it."""

    decisions: Decisions
    scene: Scene
    effects: Effects  # of its tools
    totals: Totals
    found: Sequence[Found] = ()
    orders: Sequence[Ordered] = ()  # in order of time
    unread: int = 0  # answers that are not among them
    waited: frozenset[str] = frozenset()  # tools at which the run before in its session waits
    of_unit: dict[int, list[Ordered]] = field(default_factory=dict)  # by the first row of a unit
    said: dict[int, Said] = field(default_factory=dict)  # by row, of those that are read

    @property
    def tree(self) -> Tree:
        return self.decisions.tree

    @property
    def spans(self) -> Spans:
        return self.scene.spans

    def item(self, what: str, row: int, **told: Any) -> Item:
        """An item that points to a row."""
        return Item(what, name=self.name(row), span=self.span(row), **told)

    def said_to(self, first: int) -> list[Ordered]:
        """What was said to a unit, in order of time."""
        return self.of_unit.get(first, [])

    def is_only(self, agent: str) -> bool:
        """Whether an agent ran but once."""
        return sum(run.agent == agent for run in self.decisions.turns.runs) == 1

    def agent_of(self, row: int) -> str:
        """The agent in whose run a row lies; "" is unknown."""
        turns = self.decisions.turns
        run = int(turns.run_at[row])
        return "" if run == NONE else turns.runs[run].agent

    def span(self, row: int) -> str:
        """The id of a row's span."""
        return span_hex(int(self.tree.span_id[row]))

    def name(self, row: int) -> str:
        """The tool of a row, or else its name."""
        said = self.tree.row(row)
        return cut(
            (said.text("tool") if self.tree.kind[row] in CALLED else "") or said.text("name")
        )

    def words(self, row: int) -> Said:
        """What a row said; empty where it was not read, or is not kept."""
        return self.said.get(row, Said())

    def given(self, row: int) -> dict[str, Any] | None:
        """The digest of what a row was given."""
        return self.first_of(row, GIVEN)

    def gave(self, row: int) -> dict[str, Any] | None:
        """The digest of what a row gave back."""
        return self.first_of(row, GAVE)

    def first_of(self, row: int, names: Sequence[str]) -> dict[str, Any] | None:
        """The digest of the first of these fields that says anything."""
        content = self.words(row).content
        digests = (digest_of(content.get(name)) for name in names)
        return next((found for found in digests if found), None)
