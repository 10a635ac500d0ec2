"""What is answered about costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from agentscope.costs.amounts import NOTHING, Amounts
from agentscope.costs.query import CostQuery

ELLIPSIS = "…"  # what a path ends in that is longer than agents are told apart: traces.agents
Key = tuple[str, ...]  # a value for each of `group_by`; "" is "not said"


@dataclass(slots=True, frozen=True)
class Group:
    """One row of the table."""

    key: Key
    amounts: Amounts
    previous: Amounts | None = None  # in the period before; None: was not asked


@dataclass(slots=True, frozen=True)
class Rest:
    """All groups that are not shown one by one."""

    groups: int = 0  # how many
    amounts: Amounts = NOTHING
    previous: Amounts | None = None


@dataclass(slots=True, frozen=True)
class Slice:
    """One interval of the period. Parts and `others` add up to `total`."""

    start: datetime
    groups: list[Amounts]  # in the order of `CostReport.groups`
    others: Amounts
    total: Amounts


@dataclass(slots=True, frozen=True)
class Mover:
    """A group whose known cost changed."""

    key: Key
    amounts: Amounts
    previous: Amounts

    @property
    def change(self) -> Decimal:
        """USD that it cost more than in the period before."""
        return self.amounts.known_cost - self.previous.known_cost


@dataclass(slots=True, frozen=True)
class Outcomes:
    """What tasks came to, a task being a trace. Counted in the period in which they began."""

    successes: int
    failures: int
    unknown: int  # nobody said how they ended
    known: Amounts  # of the successes and failures together

    @property
    def cost_per_success(self) -> Decimal | None:
        """USD of all tasks with a known outcome by successful one: what a success costs, failed
        attempts included. None without a success. A lower bound if calls are unpriced."""
        if not self.successes:
            return None
        return (self.known.known_cost / self.successes).quantize(Decimal("1e-12"))


@dataclass(slots=True, frozen=True)
class CostReport:
    """The answer to a CostQuery. Groups and `others` add up to `total`, in every column."""

    query: CostQuery
    groups: list[Group]
    others: Rest
    total: Amounts
    previous: Amounts | None = None  # the total of the period before; None: was not asked
    movers: list[Mover] = field(default_factory=list)  # the greatest changes, either way, first
    series: list[Slice] = field(default_factory=list)  # every interval, also those without costs
    # None where the filters pick parts of tasks, as by model: those have no outcome of their own.
    outcomes: Outcomes | None = None
    days_due: int = 0  # days of the period that are being added up again just now
    calls_since: date | None = None  # of older days the sums are kept, the calls are not


@dataclass(slots=True)
class PathNode:
    """An agent path. `own` is what was spent in it, `inclusive` adds all paths below it."""

    path: str  # names of agents, outermost first, joined by "/"; "" is unattributed
    name: str  # the last part of it
    depth: int  # 0: outermost
    own: Amounts
    inclusive: Amounts
    children: list[PathNode] = field(default_factory=list)  # the most expensive first
    rest: Rest = field(default_factory=Rest)  # paths below it that are not shown

    @property
    def is_cut(self) -> bool:
        """Whether it stands for all paths through more agents than are told apart."""
        return self.name == ELLIPSIS


@dataclass(slots=True, frozen=True)
class PathReport:
    """Costs by path. Nodes, `unattributed` and `rest` add up to `total`."""

    nodes: list[PathNode]  # the outermost, the most expensive first
    unattributed: Amounts  # what belongs to no agent
    rest: Rest  # outermost paths that are not shown
    total: Amounts


@dataclass(slots=True, frozen=True)
class Call:
    """What one span adds to the costs."""

    trace_id: UUID
    span_id: int
    start_ns: int
    name: str
    kind: str  # the word of vocabulary.Kind
    dimensions: dict[str, str]  # all of DIMENSIONS
    amounts: Amounts
    cost: Decimal | None  # USD, None: unknown
    why: str  # the word of vocabulary.Why: of the unknown cost or of the billing; "none"
    billing: str  # one of billing.words.BILLING_WORDS
    discarded: str  # the word of vocabulary.Discarded; "none"


@dataclass(slots=True, frozen=True)
class CallPage:
    """A page of calls. `next` is where to go on, None at the end."""

    calls: list[Call]
    next: str | None
    calls_since: date | None = None  # calls of earlier days are gone: their traces expired
