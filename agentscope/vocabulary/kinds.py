"""What a span is, how it ended, and what is odd about it."""

from __future__ import annotations

from enum import IntEnum, IntFlag, StrEnum


class Kind(IntEnum):
    """What a span is in an agent's run. The numbers are stored: add, never renumber."""

    OTHER = 0
    AGENT = 1
    CHAIN = 2  # workflow, task, step, graph node
    LLM = 3
    TOOL = 4
    HANDOFF = 5
    RETRIEVAL = 6
    EMBEDDING = 7
    RERANK = 8
    GUARDRAIL = 9
    EVALUATOR = 10
    MEMORY = 11
    HUMAN = 12
    CHECKPOINT = 13

    @property
    def word(self) -> str:
        """The kind as people and the API read it: `llm`, `tool`, …"""
        return self.name.lower()


class Status(IntEnum):
    """OTLP's status codes, plus what they turn out to be once control flow is told from failure."""

    UNSET = 0
    OK = 1
    ERROR = 2
    WAITING = 3  # a human interrupt or approval: marked as an error by some frameworks, but is none

    @property
    def word(self) -> str:
        return self.name.lower()


class Persistence(StrEnum):
    """Whether a failure is there again when the same is tried again."""

    NONE = ""  # nothing failed
    TRANSIENT = "transient"  # it passes by itself
    PERMANENT = "permanent"  # not until somebody changes something
    CONTROL_FLOW = "control_flow"  # no failure: how a framework jumps or waits
    UNKNOWN = "unknown"  # the class does not tell


class ErrorClass(StrEnum):
    """Why something failed, in the terms that decide whether trying again can help."""

    NONE = ""
    RATE_LIMIT = "rate_limit"
    TIMEOUT = "timeout"
    OVERLOADED = "overloaded"
    NETWORK = "network"
    SERVER = "server"
    AUTH = "auth"
    PERMISSION = "permission"
    QUOTA = "quota"
    INVALID_REQUEST = "invalid_request"
    NOT_FOUND = "not_found"
    CONTEXT_LENGTH = "context_length"
    CONTENT_FILTER = "content_filter"
    TOOL_REPORTED = "tool_reported"
    VALIDATION = "validation"
    CANCELLED = "cancelled"
    CONTROL_FLOW = "control_flow"
    UNKNOWN = "unknown"

    @property
    def persistence(self) -> Persistence:
        """Whether trying again can help. An output that did not fit its schema may fit when the
        model writes it anew; what a tool reports or who cancelled, the class does not tell."""
        return PERSISTENCE.get(self, Persistence.UNKNOWN)


PERSISTENCE = {
    ErrorClass.NONE: Persistence.NONE,
    ErrorClass.RATE_LIMIT: Persistence.TRANSIENT,
    ErrorClass.TIMEOUT: Persistence.TRANSIENT,
    ErrorClass.OVERLOADED: Persistence.TRANSIENT,
    ErrorClass.NETWORK: Persistence.TRANSIENT,
    ErrorClass.SERVER: Persistence.TRANSIENT,
    ErrorClass.AUTH: Persistence.PERMANENT,
    ErrorClass.PERMISSION: Persistence.PERMANENT,
    ErrorClass.QUOTA: Persistence.PERMANENT,
    ErrorClass.INVALID_REQUEST: Persistence.PERMANENT,
    ErrorClass.NOT_FOUND: Persistence.PERMANENT,
    ErrorClass.CONTEXT_LENGTH: Persistence.PERMANENT,
    ErrorClass.CONTENT_FILTER: Persistence.PERMANENT,
    ErrorClass.CONTROL_FLOW: Persistence.CONTROL_FLOW,
}


class Verdict(StrEnum):
    """What a guardrail, an evaluator or a person came to over what it was shown."""

    NONE = ""  # nobody says
    PASSED = "passed"
    CHANGED = "changed"  # let through, but not as it was
    REFUSED = "refused"


class Flag(IntFlag):
    """What is odd or special about a span. Stored as a bit mask: add, never renumber."""

    CLOCK_SUSPECT = 1  # start in the far past or future, end before start, start 0
    NOT_ENDED = 2  # end time 0: a span that is still running, or never finished
    SANITISED = 4  # bad UTF-8, NUL, lone surrogate or out-of-range number was replaced
    DUPLICATE_KEY = 8  # an attribute key came twice; the last one counts
    DROPPED_AT_SENDER = 16  # the SDK cut attributes, events or links before sending
    CONFLICT = 32  # the same span arrived ended, twice, with different content
    PARENT_MALFORMED = 64  # the parent id is not 8 bytes: the span hangs at the root
    REMOTE_PARENT = 128
    REDACTED = 256  # the sender replaced content by a placeholder
    TRUNCATED = 512  # the sender cut content
    FROM_LOGS = 1024  # made from log records, because their sender writes no spans
    CACHED_ANSWER = 2048  # a cache answered in the model's place: nothing to pay
    ADDITIVE = 4096  # its usage is on top of the call around it: a rejected attempt, a compaction
    ROLL_UP = 8192  # its usage is declared to repeat other spans', whatever its kind
    GRAPH = 16384  # of LangGraph: a graph, a node of one, or what runs in a node
    SILENT_FAILURE = 32768  # its status does not say that it failed, but its result does
    EVALUATION = 1 << 18  # it runs for an evaluation or an experiment: again on purpose
    EMPTY_RESULT = 1 << 19  # its status is fine, and its result is empty or says so
    CUT_ANSWER = 1 << 20  # the model's answer ended at the limit of tokens
    REFUSED = 1 << 21  # a guardrail, an evaluator or a person that turned down what it was shown
    # Set by the tree index, not stored with the span:
    ORPHAN = 1 << 16  # the parent never came (yet)
    CYCLE_CUT = 1 << 17  # the parent edge was cut because it closed a cycle


class Rung(IntEnum):
    """How a span names its session, the surest first. Stored: add, never renumber."""

    NONE = 0
    EXPLICIT = 1  # session.id and its like, set by the application
    CONVERSATION = 2  # a framework's conversation or thread
    RESOURCE = 3  # an attribute of the resource
    TRANSPORT = 4  # an MCP connection: only if nothing else is there

    @property
    def word(self) -> str:
        return self.name.lower()
