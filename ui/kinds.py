"""How each kind and each failure is shown: letter, colour family, words."""

from agentscope.vocabulary import ErrorClass, Kind, Persistence

# kind → the letter of its mark, and the family that gives its colour (css/components/kind.css)
MARKS: dict[Kind, tuple[str, str]] = {
    Kind.AGENT: ("A", "agent"),
    Kind.LLM: ("M", "model"),
    Kind.EMBEDDING: ("E", "model"),
    Kind.TOOL: ("T", "tool"),
    Kind.HANDOFF: ("H", "handoff"),
    Kind.RETRIEVAL: ("R", "retrieval"),
    Kind.RERANK: ("K", "retrieval"),
    Kind.MEMORY: ("Y", "retrieval"),
    Kind.CHAIN: ("S", "step"),
    Kind.GUARDRAIL: ("G", "step"),
    Kind.EVALUATOR: ("V", "step"),
    Kind.HUMAN: ("P", "lineage"),
    Kind.CHECKPOINT: ("C", "lineage"),
    Kind.OTHER: ("·", "step"),
}

# What a judge did that turned something down; others, such as people, refused it.
REFUSALS: dict[Kind, str] = {
    Kind.GUARDRAIL: "blocked",
    Kind.EVALUATOR: "turned down",
    Kind.HUMAN: "turned down",
}

KIND_WORDS: dict[Kind, str] = {
    Kind.LLM: "model call",
    Kind.CHAIN: "step",
    Kind.OTHER: "span",
    Kind.HUMAN: "person",
}

FAILURES: dict[str, str] = {
    ErrorClass.RATE_LIMIT: "rate limited",
    ErrorClass.TIMEOUT: "timed out",
    ErrorClass.NETWORK: "network error",
    ErrorClass.SERVER: "server error",
    ErrorClass.AUTH: "not authenticated",
    ErrorClass.PERMISSION: "not permitted",
    ErrorClass.QUOTA: "quota used up",
    ErrorClass.CONTEXT_LENGTH: "context too long",
    ErrorClass.CONTENT_FILTER: "content filtered",
    ErrorClass.TOOL_REPORTED: "tool reported an error",
    ErrorClass.VALIDATION: "invalid output",
    ErrorClass.NONE: "failed",
    ErrorClass.UNKNOWN: "failed",
}
PERSISTENCE: dict[Persistence, str] = {
    Persistence.TRANSIENT: "Transient: it passes, and trying again can help.",
    Persistence.PERMANENT: "Permanent: trying again does not help.",
    Persistence.UNKNOWN: "Nothing tells whether trying again can help.",
}


def kind_word(kind: Kind) -> str:
    """The kind as people say it."""
    return KIND_WORDS.get(kind, kind.word)


def failure(error_class: str) -> str:
    """An error class in words that say that something failed."""
    return FAILURES.get(error_class, error_class.replace("_", " "))


def persistence(error_class: str) -> str:
    """Whether trying again can help, in a sentence; empty where nothing failed."""
    known = {each.value: each.persistence for each in ErrorClass}
    return PERSISTENCE.get(known.get(error_class, Persistence.UNKNOWN), "")
