"""The pills of a span: what is odd about it, what it is evidence of, what it used. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from agentscope.prices.names import bare_model
from agentscope.traces.tree import Row
from agentscope.vocabulary import Flag, Kind, Status
from ui.billing import billing_pills
from ui.kinds import failure
from ui.pills import Pill

PILLS = 4


def pills(row: Row, live: bool, mark: Pill | None = None) -> list[Pill]:
    """What is odd about a span and its bill, of which finding it is evidence, then what it used, as
    far as its name does not say so."""
    name = row.text("name").lower()
    used = [row.text(column) for column in ("tool", "model")]
    if row.kind == Kind.AGENT:
        used.append(row.text("agent"))
    plain = [Pill(text) for text in dict.fromkeys(used) if text and bare_model(text) not in name]
    marked = [mark] if mark else []
    return [*troubles(row, live), *marked, *billing_pills(row), *plain][:PILLS]


def troubles(row: Row, live: bool) -> Iterator[Pill]:
    """What a reader must know, the worst first."""
    if row.status == Status.ERROR:
        yield Pill(failure(row.text("error_class")), "bad")
    elif row.status == Status.WAITING:
        yield Pill("waits for a person", "warn")
    elif row.flags & Flag.SILENT_FAILURE:
        yield Pill(f"{failure(row.text('error_class'))}, status fine", "warn")
    if row.flags & Flag.NOT_ENDED:
        yield Pill("running", "good") if live else Pill("never ended", "warn")
    yield from (Pill(text, "warn") for flag, text in ODDITIES.items() if row.flags & flag)


ODDITIES: dict[Flag, str] = {
    Flag.ORPHAN: "parent missing",
    Flag.PARENT_MALFORMED: "parent id malformed",
    Flag.CYCLE_CUT: "was in a cycle",
    Flag.CLOCK_SUSPECT: "clock suspect",
    Flag.CONFLICT: "sent twice, differently",
}
