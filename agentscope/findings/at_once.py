"""Costs out of the ordinary, told of one trace as soon as somebody looks at it: who waits until its
day is judged pays meanwhile.

A run is compared with the same history, by the same rules, as when its day is judged (judging.py),
which has the last word. Only what comes to a floor is compared at all, which few runs do: what they
cost, and how many tokens they used where no price is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date
from itertools import chain
from uuid import UUID

import numpy as np

from agentscope.agents.invoked import Run
from agentscope.agents.so_far import SoFar, so_far
from agentscope.findings.anomalies import add_anomalies, cause_of, causes_told
from agentscope.findings.anomaly import Anomaly, of_runs
from agentscope.findings.history import Asked, dearest_run, earlier_runs, runs_a_day, runs_until
from agentscope.findings.judging import without_precedent
from agentscope.findings.limits import Limits
from agentscope.findings.measures import SPENT
from agentscope.findings.odd import MOST, Odd, Runs, Subject, lacks_history, odd_newest
from agentscope.traces.clocks import moment
from agentscope.traces.totals import LONGEST_NAME, Totals
from agentscope.traces.tree import Tree
from agentscope.vocabulary import PICO

COST, TOKENS = AT_ONCE = SPENT[:2]  # as they follow each other when a day is judged
NONE = Runs.of([])


@dataclass(slots=True)
class Usual:
    """The history of a project, each part read when it is asked for first. For a shift."""

    project_id: int
    a_day: dict[date, float] = field(default_factory=dict)
    dearest: dict[date, int] = field(default_factory=dict)
    earlier: dict[tuple[date, Subject], Runs] = field(default_factory=dict)

    def runs_a_day(self, asked: Asked) -> float:
        """How many runs there were a day, before one."""
        if asked.day not in self.a_day:
            self.a_day[asked.day] = runs_a_day(asked)
        return self.a_day[asked.day]

    def dearest_run(self, asked: Asked) -> int:
        """What the dearest run of the days before cost, in 1e-12 USD."""
        if asked.day not in self.dearest:
            self.dearest[asked.day] = dearest_run(asked)
        return self.dearest[asked.day]

    def earlier_runs(self, asked: Asked, subjects: Iterable[Subject]) -> dict[Subject, Runs]:
        """The runs of some subjects in the days before."""
        keys = [(asked.day, subject) for subject in subjects]
        if missing := [subject for day, subject in keys if (day, subject) not in self.earlier]:
            found = earlier_runs(asked, missing).by_subject()
            for subject in missing:
                self.earlier[asked.day, subject] = found.get(subject, NONE)
        return {subject: self.earlier[day, subject] for day, subject in keys}


def dear_runs(trace_id: UUID, spent: Mapping[str, SoFar], name: str) -> Runs | None:
    """What is worth comparing of what agents have spent in a trace, which has this name; None if
    nothing is."""
    rows = [
        (
            *(trace_id, agent, "" if agent else name[:LONGEST_NAME], moment(each.began_ns // 1000)),
            *(each.pico, each.unpriced, each.tokens, 0, 0, 0, 0, each.last_ns - each.began_ns),
        )
        for agent, each in spent.items()
        if is_dear(each.pico, each.unpriced, each.tokens)
    ]
    return Runs.of(rows) if rows else None


def is_dear(pico: int, unpriced: int, tokens: int) -> bool:
    """Whether what was spent is compared with anything."""
    return pico >= COST.floor or (unpriced > 0 and tokens >= TOKENS.floor)


def tell_costs(
    usual: Usual, limits: Limits, trace_id: UUID, tree: Tree, invoked: list[Run], found: Totals
) -> None:
    """Add what is out of the ordinary in a trace whose examination has come to this, and has
    written the runs of its agents. No query if it is not dear."""
    tokens = (found.input_tokens or 0) + (found.output_tokens or 0)
    if not is_dear(int(found.known_cost / PICO), found.unpriced_calls, tokens):
        return
    spent = so_far(tree, invoked, np.ones(len(tree), np.bool_))
    if found.agents:
        spent.pop("", None)
    if new := new_anomalies(usual, limits, dear_runs(trace_id, spent, found.name)):
        add_anomalies(usual.project_id, found.session, tree, new)


def new_anomalies(usual: Usual, limits: Limits, runs: Runs | None) -> list[Anomaly]:
    """What is out of the ordinary of some runs of one trace, of causes that it never had. Some
    queries, however many agents there are."""
    if runs is None:
        return []
    days: defaultdict[date, list[int]] = defaultdict(list)
    for at, began in enumerate(runs.began):
        days[began.astimezone(UTC).date()].append(at)
    odd = (odd_on(usual, limits, day, runs.at(rows)) for day, rows in days.items())
    found = list(of_runs(chain.from_iterable(odd)))
    told = causes_told(usual.project_id, runs.traces[0], found) if found else set()
    return [each for each in found if cause_of(each) not in told]


def odd_on(usual: Usual, limits: Limits, day: date, runs: Runs) -> Iterable[Odd]:
    """What is out of the ordinary in runs of one trace that began on a day. Of one that has too
    little history, after very many on its day, only the whole day tells."""
    asked, own = Asked(usual.project_id, day), runs.by_subject()
    earlier = usual.earlier_runs(asked, own)
    new = [who for who, run in own.items() if lacks_history(AT_ONCE, run, earlier[who])]
    known = runs_until(asked, runs.at([runs.subjects.index(who) for who in new])) if new else NONE
    before = known.by_subject()
    a_day = usual.runs_a_day(asked)
    found = [
        odd_newest(before.get(who, NONE).followed_by(run), earlier[who], AT_ONCE, limits, a_day)
        for who, run in own.items()
        if len(before.get(who, NONE).traces) < MOST
    ]
    told = [each for each in found if each]
    return without_precedent(asked, told, usual.dearest_run) if told else ()
