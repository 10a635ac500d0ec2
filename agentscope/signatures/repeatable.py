"""Calls that change nothing more when they are made again: they say so in their arguments, by an
idempotency key, or because they ask for a rehearsal."""

from __future__ import annotations

from agentscope.signatures.progress import Fields
from agentscope.vocabulary import Value

# As `plain` writes names.
KEYS = frozenset(
    "idempotencykey idempotencytoken idempotentkey clienttoken clientrequesttoken dedupekey"
    " dedupid deduplicationid deduplicationkey".split()
)
REHEARSALS = frozenset(
    "dryrun dry simulate simulation preview validateonly checkonly whatif noop testmode".split()
)
NAMES = KEYS | REHEARSALS
NO = frozenset((False, 0, "", "false", "no", "0"))


def is_repeatable(arguments: Fields) -> bool:
    """Whether the same call made again comes to the same."""
    return any(map(is_yes, [value for name, value in arguments if name in NAMES]))


def is_yes(value: Value) -> bool:
    """Whether a field says more than no."""
    if isinstance(value, str):
        return value.strip().lower() not in NO
    return value is not None and value is not False and value != 0
