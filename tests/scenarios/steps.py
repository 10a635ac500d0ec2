"""What a program did, step by step, before any sender puts it in its own words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from agentscope.vocabulary import ErrorClass

SECOND = 10**9  # ns
CHARACTERS_PER_TOKEN = 4

StepKind = Literal["workflow", "wrapper", "http", "agent", "model", "tool", "handoff"]
Hidden = Literal["", "redacted", "off"]
Hides = Literal["", "redacted", "off", "cut"]  # cut: texts of spans end where a limit is


@dataclass(frozen=True)
class Failure:
    """How something failed: the raw class, the message, an HTTP status if there was one, and the
    class of error that it is."""

    type: str
    message: str
    status: int | None = None
    is_a: ErrorClass = ErrorClass.UNKNOWN


@dataclass(frozen=True)
class Call:
    """What a model asked of a tool."""

    tool: str
    arguments: dict[str, Any]
    id: str


@dataclass(frozen=True)
class Turn:
    """One message of a conversation. A tool's turn answers the call of that id."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str = ""
    calls: tuple[Call, ...] = ()
    call_id: str = ""
    tool: str = ""

    @property
    def length(self) -> int:
        """In characters, calls included."""
        return len(self.text) + sum(
            len(call.tool) + len(str(call.arguments)) for call in self.calls
        )


@dataclass(slots=True)
class Step:
    """One thing that was done. Which fields are set follows from `kind`."""

    kind: StepKind
    name: str
    trace: bytes
    id: bytes
    parent: bytes  # empty for the root of a trace
    start: int  # ns
    end: int = 0
    agent: str = ""
    failure: Failure | None = None
    # model
    model: str = ""
    provider: str = ""
    asked: tuple[Turn, ...] = ()
    answer: Turn | None = None
    offered: list[str] = field(default_factory=list)
    finish: str = ""  # stop, tool_calls or length
    input_tokens: int | None = None  # None: the sender does not know
    output_tokens: int | None = None
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    response_id: str = ""
    # tool and handoff
    call_id: str = ""
    arguments: Any = None
    result: Any = None
    target: str = ""  # the agent that control goes to
    # as the program set them
    session: str = ""
    limit: int = 0  # of steps, as an agent declares it
    extra: dict[str, Any] = field(default_factory=dict)  # attributes that any sender passes on

    @property
    def tokens(self) -> int:
        """Input and output together, as far as they are known."""
        return (self.input_tokens or 0) + (self.output_tokens or 0)
