"""What a project wants replaced, and how. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from agentscope.secrets.rules import NAMED_SECRET, RULES, Category


class Action(StrEnum):
    """What becomes of what a rule finds."""

    OFF = "off"  # it stays
    MASK = "mask"  # the name of the rule stands in its place
    HASH = "hash"  # and a keyed digest, so that equal values are seen to be equal
    DROP = "drop"  # the whole field that holds it goes


@dataclass(slots=True, frozen=True)
class Own:
    """A rule of the project: a pattern for RE2, or the name of a field."""

    code: str
    said: str
    is_name: bool
    action: Action


@dataclass(slots=True, frozen=True)
class Policy:
    """Actions by the code of a rule, or of a category for all of its rules that have none."""

    actions: Mapping[str, Action] = field(default_factory=dict)
    own: tuple[Own, ...] = ()

    def of(self, code: str, category: Category) -> Action:
        """What becomes of what a rule finds."""
        return self.actions.get(code) or self.actions.get(category) or Action.OFF

    def all(self) -> dict[str, Action]:
        """The actions of all rules that are on, by code."""
        said = {rule.code: self.of(rule.code, rule.category) for rule in RULES}
        said[NAMED_SECRET] = self.of(NAMED_SECRET, Category.SECRET)
        said |= {own.code: own.action for own in self.own}
        return {code: action for code, action in said.items() if action != Action.OFF}

    def written(self) -> dict[str, Any]:
        """The same as JSON: a job goes by the policy of the moment in which it was asked for."""
        return {"actions": dict(self.actions), "own": [asdict(each) for each in self.own]}

    @classmethod
    def parse(cls, said: dict[str, Any]) -> Policy:
        """What `written` wrote."""
        actions = {code: Action(each) for code, each in said["actions"].items()}
        own = (Own(**each | {"action": Action(each["action"])}) for each in said["own"])
        return cls(actions, tuple(own))


NOTHING = Policy()
