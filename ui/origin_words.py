"""Where hosts and addresses come from, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agentscope.findings.lineage import Level
from agentscope.findings.origins import Origin
from agentscope.signatures.mentions import Role
from agentscope.signatures.spelled import spelled

MOST = 10  # on a panel, each way
WORDS = {
    Level.LINKED: "a tool that strangers do not write to",
    Level.UNTRUSTED: "strangers can write there; somebody else named it, too",
    Level.UNASKED: "strangers can write there, and nobody else named it",
    Level.ORDERED: "strangers can write there, and that result tells models what to do",
    Level.LEAKING: "strangers can write there, and the call carries a secret",
}
TONES = {Level.ORDERED: "warn", Level.LEAKING: "bad"}


@dataclass(slots=True, frozen=True)
class OriginLine:
    """An edge as a row of a table, or on the panel of one of its ends."""

    origin: Origin
    value: str = ""  # "": not read, or not there any more

    @property
    def level(self) -> int:
        return int(self.origin.level)

    @property
    def tone(self) -> str:
        """Only what is a finding has one."""
        return TONES.get(self.origin.level, "plain")

    @property
    def words(self) -> str:
        """What is true of it."""
        return WORDS[self.origin.level]

    @property
    def what(self) -> str:
        """`a host` or `an address`."""
        return "an address" if self.origin.is_mail else "a host"


@dataclass(slots=True, frozen=True)
class Origins:
    """The edges of one span: what its arguments took from results, and who uses what its result
    named first. `left` are not shown."""

    taken: list[OriginLine]
    given: list[OriginLine]
    left: int


def origins_of_span(
    found: Sequence[Origin], span_id: int, content: Mapping[str, Any]
) -> Origins | None:
    """Those of a span with its content; None if it has none."""
    taken = [each for each in found if each.call == span_id]
    given = [each for each in found if each.source == span_id]
    if not taken and not given:
        return None
    return Origins(
        lines(taken, spelled(Role.ASKED, first(content, "arguments", "input"))),
        lines(given, spelled(Role.GIVEN, first(content, "result", "output"))),
        max(len(taken) - MOST, 0) + max(len(given) - MOST, 0),
    )


def lines(found: Sequence[Origin], values: Mapping[int, str]) -> list[OriginLine]:
    """The first of them, spelled."""
    return [OriginLine(each, values.get(each.key, "")) for each in found[:MOST]]


def first(content: Mapping[str, Any], *names: str) -> Any:
    """The first of some values that is there."""
    return next((content[name] for name in names if content.get(name) is not None), None)
