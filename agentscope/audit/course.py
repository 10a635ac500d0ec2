"""A verification that goes on where it stopped: the state of the verifier, as a job keeps it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from django.utils import timezone

from agentscope.audit.read import checkpoints_after, entry, in_order, stamps
from agentscope.audit.result import Result, known_keys
from agentscope.ledger.anchors.timestamp import authorities
from agentscope.ledger.read import LAST, StoredLedger, moment
from agentscope.ledger.verifier import NOTHING, Entry, Fault, Verdict, Walk

ENTRIES, CHECKPOINTS = 1_000, 100  # that are read at a time
OF_WALK = ("unproven", "until", "has_gaps")  # what of its walk is kept as it is
OWN = ("place", "told", "began", "are_read", "stamps")  # what a course knows besides its walk


@dataclass
class Course:
    """How far a verification is."""

    walk: Walk
    place: int  # the last position of which the entry was read
    told: int  # the last position of which the checkpoint was compared
    began: int  # the first position that is looked at
    are_read: bool = False  # all entries
    stamps: int = 0  # time stamps that hold

    @classmethod
    def begin(cls, project_id: int, before: Result | None) -> Course:
        """From the first entry on; or, where something was verified before and its last entry is
        the one that it was, from the one behind that."""
        walk = Walk(StoredLedger(project_id), set(known_keys()), 1)
        found = entry(project_id, before.until) if before else None
        if before is None or found is None or found.link.hash != before.hash:
            return cls(walk, 0, 0, 1)
        walk.verdict.last, walk.verdict.keys = found.link, [found.link.key]
        walk.until, walk.unproven = before.until, before.until + 1
        return cls(walk, before.until, before.until, before.until + 1)

    def go_on(self) -> bool:
        """Read some entries, or compare some checkpoints; whether there is more to do."""
        if self.are_read:
            return self.compare()
        self.are_read = not self.read()
        return True

    def read(self) -> bool:
        """Read some entries; whether there are more."""
        found = in_order(self.walk.ledger.project_id, self.place + 1, ENTRIES)
        for each in found:
            self.walk.step(each.link, each.text)
            self.place = each.position
        return len(found) == ENTRIES

    def compare(self) -> bool:
        """Compare some checkpoints; whether there are more. Before, what was added meanwhile is
        read, of which they may tell."""
        project, begin = self.walk.ledger.project_id, self.told
        found = checkpoints_after(project, begin, CHECKPOINTS)
        while self.read():
            pass
        for each in found:
            self.walk.compare(each)
            self.told = each.position
        is_last = len(found) < CHECKPOINTS
        self.look(stamps(project, begin, LAST if is_last else self.told))
        return not is_last

    def look(self, found: list[tuple[int, bytes]]) -> None:
        """Are these time stamps those of the checkpoints that were just compared?"""
        known = authorities() if found else []
        for position, token in found:
            self.walk.look(position, token, known)
        self.stamps += len(self.walk.verdict.stamps)
        self.walk.verdict.stamps.clear()

    def end(self, before: Result | None) -> Result:
        """What came of it. What was verified before must be there still."""
        walk, verdict = self.walk, self.walk.verdict
        if verdict.last:
            verdict.blame(walk.forged(verdict.last))
        walk.end()
        if before and verdict.fault is None:
            verdict.blame(self.lost(before))
        return self.result(before)

    def lost(self, before: Result) -> Fault | None:
        """What is wrong if the ledger is not any more what was verified."""
        last = self.walk.verdict.last
        end, told = last.position if last else 0, f"the verification of {before.most_at}"
        if end < before.most:
            return Fault(end + 1, f"it is missing: {told} tells of {before.most} entries")
        if before.most and self.hash_at(before.most) != before.most_hash:
            return Fault(before.most, f"{told} tells of another entry here")
        return None

    def result(self, before: Result | None) -> Result:
        """The verdict as it is kept."""
        verdict, at = self.walk.verdict, moment(timezone.now())
        fault, end = verdict.fault, verdict.last.position if verdict.last else 0
        until = min(end, fault.position - 1) if fault else end
        said = Result(
            project=self.walk.ledger.project_id,
            at=at,
            first=self.began,
            entries=verdict.entries,
            erased=verdict.erased,
            checkpoints=verdict.checkpoints,
            stamps=self.stamps,
            until=until,
            hash=self.hash_at(until),
            keys=verdict.keys,
            bad=fault.position if fault else None,
            reason=fault.reason if fault else "",
        )
        if before and before.most > until:
            return replace(
                said, most=before.most, most_hash=before.most_hash, most_at=before.most_at
            )
        return replace(said, most=until, most_hash=said.hash, most_at=at)

    def hash_at(self, position: int) -> str:
        """The hash of the entry at a position, which the first one follows at 0; "" if it is not
        there."""
        found = entry(self.walk.ledger.project_id, position) if position else None
        return found.link.hash if found else "" if position else NOTHING

    def kept(self) -> dict[str, Any]:
        """As JSON, from which `resumed` makes it."""
        walk = self.walk
        state = {name: getattr(walk, name) for name in OF_WALK}
        state |= {"trusted": sorted(walk.trusted), "gone": sorted(walk.gone)}
        state |= {"verdict": asdict(walk.verdict)}
        return {"walk": state, **{name: getattr(self, name) for name in OWN}}

    @classmethod
    def resumed(cls, project_id: int, kept: dict[str, Any]) -> Course:
        """What `kept` told."""
        said = kept["walk"]
        walk = Walk(StoredLedger(project_id), set(said["trusted"]), 1)
        for name in OF_WALK:
            setattr(walk, name, said[name])
        walk.gone = set(said["gone"])
        verdict = {**said["verdict"]}
        last, fault = verdict.pop("last"), verdict.pop("fault")
        walk.verdict = Verdict(**verdict, last=last and Entry(*last), fault=fault and Fault(*fault))
        return cls(walk, *(kept[name] for name in OWN))
