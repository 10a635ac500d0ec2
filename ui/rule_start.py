"""What the form of a rule begins with: what the rule says now, what the address asks for, or what
most begin with."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from agentscope.alerts.amounts import plain
from agentscope.alerts.metrics import BY_CODE, Unit
from agentscope.alerts.models import Rule
from agentscope.alerts.words import DIMENSION
from ui.rule_fields import NUMBERS, OF_METRIC, PERCENT
from ui.written import minutes

# What a link to the form may say: of what is looked at, and when it fires.
ASKED = (
    *("name", "metric", "of", "each", "filter", *(f"only_{name}" for name in DIMENSION)),
    *("window_kind", "window_number", "window_unit", "condition_kind", "threshold"),
)


def start() -> dict[str, Any]:
    """A new rule, as most begin."""
    return {
        "metric": "cost",
        "each": "session",
        "window_kind": "rolling",
        "window_number": "24",
        "window_unit": "3600",
        "condition_kind": "at_least",
        "enabled": True,
    }


def asked(said: Mapping[str, str]) -> dict[str, Any]:
    """A new rule with what the address says of it."""
    return start() | {name: said[name] for name in ASKED if name in said}


def start_of(rule: Rule) -> dict[str, Any]:
    """What a rule says now."""
    same = ("name", "metric", "of", "each", "filter", "silence", "severity", "enabled")
    said = {name: getattr(rule, name) for name in same}
    said |= {f"only_{name}": value for name, value in rule.only.items()}
    said |= window_start(rule.window) | condition_start(rule)
    said["hold"] = minutes(rule.hold) if rule.hold else ""
    said["remind"] = minutes(rule.remind) if rule.remind else ""
    said["channels"] = [str(each.pk) for each in rule.channels.all()]
    return said


def window_start(window: Mapping[str, Any]) -> dict[str, str]:
    """A window in the fields of the form: in the largest unit that has no rest."""
    if window.get("kind") != "rolling":
        return {"window_kind": window.get("unit") or str(window.get("kind"))}
    seconds = int(window["seconds"])
    size = next((each for each in (86_400, 3600) if seconds % each == 0), 60)
    written = plain(Decimal(seconds) / size)
    return {"window_kind": "rolling", "window_number": written, "window_unit": str(size)}


def condition_start(rule: Rule) -> dict[str, str]:
    """A condition in the fields of the form."""
    metric = BY_CODE.get(rule.metric)
    is_share = metric is not None and metric.unit == Unit.SHARE
    kind = str(rule.condition.get("kind"))
    said = {"condition_kind": kind}
    for name in NUMBERS.get(kind, ()):
        value = rule.condition.get(name)
        if name == "seconds":
            said[name] = minutes(int(value))
        elif value:
            times = PERCENT if is_share and name in OF_METRIC else 1
            said[name] = f"{(Decimal(str(value)) * times).normalize():f}"
    return said
