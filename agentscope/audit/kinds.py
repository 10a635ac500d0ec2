"""The kinds of entries, in the groups that people look for. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agentscope.ledger.read import BEFORE
from agentscope.ledger.verifier import DOUBTED, ERASED, NEW_KEY


@dataclass(frozen=True)
class Group:
    """Kinds of entries that are looked for together."""

    words: str
    kinds: tuple[str, ...]
    is_change: bool = True  # whether people change by it how the project works


GROUPS = {
    "budgets": Group("Budgets", ("budget",)),
    "alerts": Group("Alerts", ("rule", "channel")),
    "prices": Group("Prices", ("price",)),
    "findings": Group("Findings", ("finding", "detector")),
    "members": Group("Members", ("member", "organisation", "account")),
    "keys": Group("Keys", ("key",)),
    "redaction": Group("Redaction", ("redaction",)),
    "retention": Group("Retention", ("retention",)),
    "settings": Group("Settings", ("project", "mapping", "view", "job")),
    "before": Group("Before the ledger", (BEFORE,)),
    "decisions": Group("Decisions", ("ledger.records",), is_change=False),
    "answers": Group("Answers to agents", ("ledger.answers",), is_change=False),
    "reviews": Group("Reviews", ("review",), is_change=False),
    "erasures": Group("Erasures", ("erasure", ERASED), is_change=False),
    "exports": Group("Exports", ("export",), is_change=False),
    "logins": Group("Logins", ("login",), is_change=False),
    "ledger": Group("The ledger itself", ("ledger.opened", NEW_KEY, DOUBTED), is_change=False),
}
CHANGES, OTHER = "changes", "other"  # groups of groups: all changes, and what none of them has
WIDER = {CHANGES: "All changes of settings", OTHER: "Other"}
GROUP_OF = {kind: name for name, group in GROUPS.items() for kind in group.kinds}
ITSELF = "ledger."  # how the kinds begin by which the ledger speaks of itself


def kinds_of(name: str) -> tuple[str, ...]:
    """The kinds of a group; none of one that is not known, and of `other`."""
    if name == CHANGES:
        return every(group for group in GROUPS.values() if group.is_change)
    return GROUPS[name].kinds if name in GROUPS else ()


def every(groups: Iterable[Group]) -> tuple[str, ...]:
    """The kinds of some groups."""
    return tuple(kind for group in groups for kind in group.kinds)


def kind_words(kind: str) -> str:
    """A kind as people know it: by its group; one of no group by its own name."""
    group = GROUP_OF.get(kind)
    return GROUPS[group].words if group else kind.removeprefix(ITSELF).replace("_", " ")
