"""What we understood of a span."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from agentscope.vocabulary.billing import Discarded
from agentscope.vocabulary.content import Content
from agentscope.vocabulary.kinds import ErrorClass, Flag, Kind, Rung, Status, Verdict
from agentscope.vocabulary.usage import Usage

# In `Meaning.sources`: before an attribute that is not the record's own, and behind one that a
# mapping of the project names.
OF_SCOPE, OF_RESOURCE = "scope ", "resource "
BY_MAPPING = " (mapping)"


@dataclass(slots=True)
class Meaning:
    """What we understood of a span. Empty text means "not said"."""

    kind: Kind = Kind.OTHER
    agent: str = ""  # the agent that this span is, or that the span says it belongs to
    agent_id: str = ""
    model: str = ""  # the answering model where known, else the requested one
    request_model: str = ""
    provider: str = ""
    framework: str = ""
    tool: str = ""
    tool_call_id: str = ""
    agent_version: str = ""
    session: str = ""
    session_rung: Rung = Rung.NONE
    environment: str = ""  # production, staging, …
    service_tier: str = ""  # batch, flex, priority; "" is the ordinary one
    user: str = ""
    response_id: str = ""
    usage: Usage = field(default_factory=Usage)
    reported_cost: Decimal | None = None  # USD, as the sender reported it
    status: Status = Status.UNSET
    error_type: str = ""  # the raw class or code, e.g. RateLimitError
    error_class: ErrorClass = ErrorClass.NONE
    error_message: str = ""
    retry_after: float | None = None  # seconds that whoever failed asks to be left alone
    step_limit: int | None = None  # turns of the model that a run of an agent declares to take
    continues: str = ""  # the id of the state that it goes on from, where the sender names it
    verdict: Verdict = Verdict.NONE  # of a guardrail, an evaluator or a person
    verdict_why: str = ""
    outcome: str = ""  # of the whole task, where the sender says so: success or failure
    flags: Flag = Flag(0)  # noqa: RUF009 — an IntFlag is immutable
    discarded: Discarded = Discarded.NONE  # as the sender declares it
    linked_traces: list[bytes] = field(default_factory=list)  # 16 bytes each: earlier parts of it
    dimensions: dict[str, str] = field(default_factory=dict)  # attributes the project groups by
    volatile: frozenset[str] = frozenset()  # fields that the project does not compare
    content: Content = field(default_factory=Content)
    sources: dict[str, str] = field(default_factory=dict)  # field → the attribute it came from
