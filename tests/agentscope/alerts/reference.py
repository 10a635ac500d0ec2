"""What alerts are to do, told once more as plainly as can be: everything is read anew at each look,
of all groups, from a dict. Shares no code with what it is compared to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

SECOND = 10**9
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
FOUR = 4  # changes within an hour


@dataclass(frozen=True)
class Terms:
    """A rule. `day_ns` is when some day begins, of a calendar window."""

    metric: str
    window: str
    each: bool
    threshold: Decimal
    hold: int
    remind: int | None
    silence: str
    day_ns: int
    seconds: int


@dataclass
class Stand:
    """An alert."""

    state: str = "ok"
    since: int = 0
    told: int = 0
    window: int | None = None
    is_corrected: bool = False
    believed: str = ""
    owed: str = ""
    snoozed_until: int = 0
    is_acknowledged: bool = False
    changes: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Cell:
    """What a run used in a minute."""

    group: str
    pico: int
    calls: int
    failed: int


@dataclass
class World:
    """All that there is."""

    terms: Terms
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)  # by run and minute
    stands: dict[str, Stand] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    muted: list[tuple[int, int]] = field(default_factory=list)

    def put(self, run: int, minute: int, cell: Cell | None) -> None:
        """A run used this in a minute, and nothing else."""
        self.cells.pop((run, minute), None)
        if cell:
            self.cells[run, minute] = cell
            self.groups.add(cell.group)

    def window(self, now: int) -> tuple[int, int | None]:
        """When it begins, and by what it is known if it stays."""
        if self.terms.window == "rolling":
            return now - self.terms.seconds * SECOND, None
        if self.terms.window == "whole":
            return 0, 0
        begin = self.terms.day_ns + (now - self.terms.day_ns) // DAY * DAY
        return begin, begin

    def value(self, group: str, now: int) -> Decimal | None:
        """What a group came to: the minutes that begin in the window."""
        begin, _ = self.window(now)
        end = begin + DAY if self.terms.window == "calendar" else now
        found = [
            cell
            for (_, minute), cell in self.cells.items()
            if begin <= minute * MINUTE < end and (cell.group == group or not self.terms.each)
        ]
        if self.terms.metric == "cost":
            if self.terms.silence == "tell" and not found:
                return None
            return sum(each.pico for each in found) * Decimal("1e-12")
        calls = sum(each.calls for each in found)
        return Decimal(sum(each.failed for each in found)) / calls if calls else None

    def look(self, now: int) -> list[tuple[str, str, str, str, bool]]:
        """A look at all: group, state, notice, why it is held back, whether it comes late."""
        groups = sorted(self.groups) if self.terms.each else [""]
        return [told for group in groups for told in self.step(group, now)]

    def step(self, group: str, now: int) -> Iterator[tuple[str, str, str, str, bool]]:
        """A look at a group."""
        value, known = self.value(group, now), self.stands.get(group)
        if value is None and not known and self.terms.each:
            return
        stand = known or Stand()
        at, before = max(now, stand.since + 1), stand.state
        if self.is_at_rest(stand, group, now, at):
            notice = self.rest(stand, at)
        else:
            notice = self.move(stand, self.seen(value), at, self.window(now)[1])
        if known or stand.state != "ok" or self.terms.silence == "tell":
            self.stands[group] = stand
        hush = self.hush(stand, notice, now)
        told, held, late = self.tell(stand, notice, hush)
        if notice and notice != "reminded":
            stand.changes.append(at)
        if stand.state in ("ok", "resolved"):
            stand.is_acknowledged = False
        if told or stand.state != before:
            yield group, stand.state, told, held, late

    def is_at_rest(self, stand: Stand, group: str, now: int, at: int) -> bool:
        """Whether a whole session is over: nothing has come of it for a day, and it has fired for
        as long, or was over so before."""
        ends = [(minute + 1) * MINUTE for (_, minute), cell in self.cells.items()
                if cell.group == group]  # fmt: skip
        if self.terms.window != "whole" or now - max(ends, default=0) < DAY:
            return False
        fires_long = stand.state == "firing" and at - stand.since >= DAY
        return fires_long or (stand.state == "resolved" and stand.window is None)

    def rest(self, stand: Stand, at: int) -> str:
        """It is over, until something comes."""
        stand.window, stand.is_corrected = None, False
        return self.turn(stand, "resolved", at, "resolved")

    def seen(self, value: Decimal | None) -> str:
        """How a value is."""
        if value is None:
            return "nothing"
        if value >= self.terms.threshold:
            return "over"
        return "between" if value >= self.terms.threshold * 9 / 10 else "under"

    def move(self, stand: Stand, seen: str, at: int, window: int | None) -> str:
        """What the state is now, and what there is to tell."""
        if seen == "nothing" and self.terms.silence == "tell":
            return self.turn(stand, "no_data", at, "no_data")
        if seen == "nothing" and self.terms.silence == "keep":
            return self.remind(stand, at)
        return (self.over if seen == "over" else self.below)(stand, seen, at, window)

    def over(self, stand: Stand, _: str, at: int, window: int | None) -> str:
        """The threshold is reached."""
        if stand.state == "firing" and stand.window == window:
            return self.remind(stand, at)
        began = stand.since if stand.state == "pending" else at
        if stand.state != "firing" and at - began < self.terms.hold * SECOND:
            return self.turn(stand, "pending", at, "")
        stand.is_corrected = stand.is_corrected and window is not None and stand.window == window
        stand.told, stand.window = at, window
        self.turn(stand, "firing", at, "")
        return "fired"

    def below(self, stand: Stand, seen: str, at: int, window: int | None) -> str:
        """It is not, or there is nothing that could."""
        if stand.state == "no_data":
            return self.turn(stand, "resolved", at, "resolved")
        if stand.state != "firing":
            return self.turn(stand, "ok", at, "") if stand.state == "pending" else ""
        is_late = window is not None and stand.window == window and self.terms.metric == "cost"
        if seen == "between" or (is_late and stand.is_corrected):
            return self.remind(stand, at)
        if not is_late:
            return self.turn(stand, "resolved", at, "resolved")
        stand.is_corrected = True
        return self.turn(stand, "resolved", at, "corrected")

    def turn(self, stand: Stand, state: str, at: int, notice: str) -> str:
        """Into another state, if it is another."""
        if stand.state == state:
            return ""
        stand.state, stand.since = state, at
        return notice

    def remind(self, stand: Stand, at: int) -> str:
        """It goes on."""
        every = self.terms.remind
        if stand.state != "firing" or every is None or at - stand.told < every * SECOND:
            return ""
        stand.told = at
        return "reminded"

    def hush(self, stand: Stand, notice: str, now: int) -> str:
        """Why nobody is told now."""
        is_change = bool(notice) and notice != "reminded"
        changes = sum(at > now - HOUR for at in stand.changes) + is_change
        if stand.snoozed_until > now:
            return "snoozed"
        if any(begin <= now < end for begin, end in self.muted):
            return "muted"
        if notice == "reminded" and stand.is_acknowledged:
            return "acknowledged"
        return "flapping" if changes > (FOUR if is_change else FOUR - 1) else ""

    def tell(self, stand: Stand, notice: str, hush: str) -> tuple[str, str, bool]:
        """What people are told: notice, why it is held back, whether it comes late."""
        is_over = stand.state in ("ok", "resolved")
        if not notice or (notice == "reminded" and stand.owed and not hush):
            owes_end = stand.owed in ("resolved", "corrected")
            if is_over and not owes_end:
                stand.believed = stand.owed = ""
            if not stand.owed or hush:
                return "", "", False
            late, stand.owed = stand.owed, ""
            stand.believed = "" if owes_end else late
            return late, "", True
        if notice == "reminded":
            return notice, hush, False
        if is_over and not stand.believed:
            stand.owed = ""
            return notice, "unheard", False
        if hush:
            stand.owed = "" if stand.believed == notice else notice
            return notice, hush, False
        stand.believed, stand.owed = ("" if is_over else notice), ""
        return notice, "", False
