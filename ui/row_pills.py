"""The pills of a span: what is odd about it, what it is evidence of, what it used. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from agentscope.prices.names import bare_model
from agentscope.traces.tree import Row
from agentscope.vocabulary import Flag, Kind, Status
from ui import amounts
from ui.billing import billing_pills
from ui.kinds import REFUSALS, failure
from ui.pills import Pill
from ui.states import minute, second

PILLS = 4


def pills(
    row: Row,
    live: bool,
    mark: Pill | None = None,
    waited: int | None = None,
    silent: datetime | None = None,
) -> list[Pill]:
    """What is odd about a span and its bill, of which finding it is evidence, then what it used, as
    far as its name does not say so. `waited` is how long an interrupt was not answered, in ns,
    `silent` when the last news of a stalled run came."""
    name = row.text("name").lower()
    used = [row.text(column) for column in ("tool", "model")]
    if row.kind == Kind.AGENT:
        used.append(row.text("agent"))
    plain = [
        Pill(amounts.short(text))
        for text in dict.fromkeys(used)
        if text and bare_model(text) not in name
    ]
    marked = [mark] if mark else []
    return [*troubles(row, live, waited, silent), *marked, *billing_pills(row), *plain][:PILLS]


def troubles(
    row: Row, live: bool, waited: int | None = None, silent: datetime | None = None
) -> Iterator[Pill]:
    """What a reader must know, the worst first. While spans may still come, so may a parent."""
    if row.status == Status.ERROR:
        yield Pill(failure(row.text("error_class")), "bad")
    elif row.status == Status.WAITING:
        yield interrupt(waited)
    elif row.flags & Flag.SILENT_FAILURE:
        yield Pill(f"{failure(row.text('error_class'))}, status fine", "warn")
    if row.flags & Flag.NOT_ENDED:
        yield Pill("running", "good") if live else unended(silent)
    if row.flags & Flag.REFUSED:
        yield Pill(REFUSALS.get(row.kind, "refused"), "warn", "It turned down what it was shown")
    flags = row.flags & ~Flag.ORPHAN if live else row.flags
    yield from (Pill(text, "warn") for flag, text in ODDITIES.items() if flags & flag)


def unended(silent: datetime | None) -> Pill:
    """That a span has no end though nothing comes any more; of a stalled run since when."""
    if silent is None:
        return Pill("never ended", "warn")
    return Pill(f"silent since {minute(silent)}", "warn", f"No end, no news since {second(silent)}")


def interrupt(waited: int | None) -> Pill:
    """That a run stopped to ask a person, and after which time it went on."""
    if waited is None:
        return Pill("waits for a person", "warn")
    said = f"resumed after {amounts.duration(waited)}"
    return Pill(said, "mark", "It stopped to ask a person, and went on with the answer")


ODDITIES: dict[Flag, str] = {
    Flag.ORPHAN: "parent missing",
    Flag.PARENT_MALFORMED: "parent id malformed",
    Flag.CYCLE_CUT: "was in a cycle",
    Flag.CLOCK_SUSPECT: "clock suspect",
    Flag.CONFLICT: "sent twice, differently",
}
