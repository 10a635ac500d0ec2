"""Runs of a day that are out of the ordinary for their agent, or for traces of their name. Pure.

The history of a run are the runs of the same agent in the 28 days before its own day: days that are
over, without the one that is judged. Where these are too few, what began earlier on the same day
counts as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from agentscope.findings.baselines import (
    FEWEST,
    Baseline,
    Verdict,
    above_zero,
    baseline,
    without_history,
    z_of,
)
from agentscope.findings.limits import USUAL, Limit, Limits
from agentscope.findings.measures import (
    ERRORS,
    FEWEST_ERRORS,
    MEASURES,
    NUMBERS,
    SHAPED,
    SPENT,
    Measure,
)
from agentscope.findings.severity import Severity
from agentscope.traces.tree import Ints

Subject = tuple[str, str]  # an agent, or "" and the name of traces without any
MOST = 500  # earlier runs: more would not move a median
WORTH_WAKING = 20  # times the floor: how far above its median a cost may be before it alerts


@dataclass(slots=True)
class Runs:
    """What agents did in traces, in order of time: columns of equal length."""

    traces: list[UUID]
    subjects: list[Subject]
    began: list[datetime]
    numbers: Ints  # rows of NUMBERS

    @staticmethod
    def of(rows: list[tuple[Any, ...]]) -> Runs:
        """From rows of trace, agent, name, start and NUMBERS."""
        ordered = sorted(rows, key=lambda row: (row[3], row[0]))
        numbers = np.array([row[4:] for row in ordered], np.int64).reshape(-1, len(NUMBERS))
        subjects = [(row[1], row[2]) for row in ordered]
        return Runs([row[0] for row in ordered], subjects, [row[3] for row in ordered], numbers)

    def by_subject(self) -> dict[Subject, Runs]:
        """Those of each agent or name, in order of time."""
        return {subject: self.at(rows) for subject, rows in by_subject(self).items()}

    def at(self, rows: list[int]) -> Runs:
        """Those at some positions."""
        return Runs(
            [self.traces[at] for at in rows],
            [self.subjects[at] for at in rows],
            [self.began[at] for at in rows],
            self.numbers[rows],
        )

    def followed_by(self, other: Runs) -> Runs:
        """These and others that began later."""
        return Runs(
            self.traces + other.traces,
            self.subjects + other.subjects,
            self.began + other.began,
            np.concatenate((self.numbers, other.numbers)),
        )


@dataclass(slots=True, frozen=True)
class Known:
    """Earlier runs of one subject."""

    numbers: Ints  # rows of NUMBERS
    a_day: float  # how many there were, or of all in the project


@dataclass(slots=True, frozen=True)
class Odd:
    """A run that is out of the ordinary."""

    trace_id: UUID
    subject: Subject
    began: datetime
    measure: Measure
    verdict: Verdict
    severity: Severity
    numbers: tuple[int, ...]  # NUMBERS
    bound: float = 0  # from which value on it would be so

    @property
    def sentence(self) -> str:
        """What it did, and what that was compared with."""
        agent, name = self.subject
        whose = "this agent's" if agent else "the"
        of = "runs" if agent else "traces of this name"
        said = self.verdict.arithmetic(self.measure.write, whose, of)
        return f"{agent or name or 'A trace'} {self.measure.says(self.numbers)}: {said}."


def worth_comparing(runs: Runs) -> set[Subject]:
    """Whose runs need a history: those of which one is above a floor. Nearly all are not."""
    above = np.zeros(len(runs.traces), np.bool_)
    for measure in MEASURES:
        above |= judged(measure, runs.numbers) >= measure.floor
    return {runs.subjects[at] for at in np.flatnonzero(above).tolist()}


def odd_runs(
    runs: Runs, earlier: Runs, limits: Limits = USUAL, project_a_day: float = 0
) -> Iterator[Odd]:
    """The runs of a day that are out of the ordinary, by the `earlier` ones. Of many that are
    compared some are far off by chance, so it matters how many the whole project has a day."""
    day, before = by_subject(runs), by_subject(earlier)
    for subject in sorted(worth_comparing(runs)):
        rows, old = np.array(day[subject]), np.array(before.get(subject, []), np.int64)
        told: set[UUID] = set()
        for measure in MEASURES:
            known = Known(earlier.numbers[old], max(project_a_day, a_day(earlier, old)))
            found = list(odd(measure, runs, rows, known, limits))
            yield from (each for each in found if measure in SHAPED or each.trace_id not in told)
            told.update(each.trace_id for each in found if measure in SPENT)


def odd_newest(
    runs: Runs, earlier: Runs, measures: Iterable[Measure], limits: Limits, project_a_day: float
) -> Odd | None:
    """The first of some amounts by which the newest of some runs of one subject is out of the
    ordinary: the same as when the whole day is judged, if these are its runs until then."""
    rows, old = np.arange(len(runs.traces)), np.arange(len(earlier.traces))
    known = Known(earlier.numbers, max(project_a_day, a_day(earlier, old)))
    newest = int(rows[-1])
    found = (odd(measure, runs, rows, known, limits, newest) for measure in measures)
    return next(chain.from_iterable(found), None)


def lacks_history(measures: Iterable[Measure], runs: Runs, earlier: Runs) -> bool:
    """Whether the first of some runs is above the floor of a measure for which the days before are
    too few, so that its own day counts as well."""
    return any(
        judged(measure, runs.numbers[:1])[0] >= measure.floor
        and len(compared(measure, earlier.numbers)) < FEWEST
        for measure in measures
    )


def odd(
    measure: Measure, runs: Runs, rows: Ints, earlier: Known, limits: Limits, since: int = 0
) -> Iterator[Odd]:
    """The same of one measure and one subject, whose runs are `rows`, in order of time; of those
    `since` a position."""
    pattern = measure.pattern
    limit = limits.of(pattern.code, pattern.inform, pattern.alert)
    if not limit.enabled:
        return
    values = judged(measure, runs.numbers[rows])
    history = History(measure, earlier, runs.numbers[rows])
    for at in (np.flatnonzero(values[since:] >= measure.floor) + since).tolist():
        verdict, bound = history.judge(float(values[at]), at, limit)
        if verdict:
            row = int(rows[at])
            yield Odd(
                trace_id=runs.traces[row],
                subject=runs.subjects[row],
                began=runs.began[row],
                measure=measure,
                verdict=verdict,
                severity=severity(verdict, limit, measure),
                numbers=tuple(runs.numbers[row].tolist()),
                bound=bound,
            )


class History:
    """What is known of earlier runs, for one measure of one subject."""

    def __init__(self, measure: Measure, earlier: Known, today: Ints) -> None:
        self.measure = measure
        self.settled = compared(measure, earlier.numbers)
        self.a_day = earlier.a_day
        self.today = today[:MOST]
        self.known: dict[int, tuple[NDArray[Any], Baseline | None]] = {}

    def before(self, at: int) -> tuple[NDArray[Any], Baseline | None]:
        """Earlier values and what is usual by them, for the run at a position of its day. Only
        where those of the days before are too few the position matters."""
        count = 0 if len(self.settled) >= FEWEST else min(at, MOST)
        if count not in self.known:
            today = compared(self.measure, self.today[:count])
            values = np.concatenate((self.settled, today))
            self.known[count] = values, baseline(values)
        return self.known[count]

    def judge(self, value: float, at: int, limit: Limit) -> tuple[Verdict | None, float]:
        """What is to be said of a value, None if it is as usual; and from which value on it is
        not."""
        values, usual = self.before(at)
        floor = self.measure.floor
        if usual:
            z = z_of(self.a_day if len(self.settled) >= FEWEST else max(at, self.a_day))
            bound = usual.bound(floor, limit.inform, z)
            return usual.verdict(value, floor, limit.inform, z), bound
        return without_history(value, values, floor) if self.measure.is_money else None, floor


def a_day(earlier: Runs, rows: Ints) -> float:
    """How many of these runs there were a day, from the first to the last of them."""
    if not len(rows):
        return 0
    began = [earlier.began[at] for at in rows.tolist()]
    days: float = (max(began) - min(began)) / timedelta(days=1)
    return len(began) / max(days, 1)


def judged(measure: Measure, numbers: Ints) -> NDArray[Any]:
    """The values of runs that may be out of the ordinary; 0 where they are not, whatever they
    are."""
    values = measure.values(numbers)
    few = (numbers[:, ERRORS] < FEWEST_ERRORS) & (measure.pattern.code == "error_anomaly")
    return np.where(few, 0, values)


def compared(measure: Measure, numbers: Ints) -> NDArray[Any]:
    """The values of earlier runs that are known."""
    values = measure.values(numbers)
    if measure.partly is not None:
        values = np.where(numbers[:, measure.partly] > 0, 0, values)
    return above_zero(values)


def severity(verdict: Verdict, limit: Limit, measure: Measure) -> Severity:
    """A note by the lower z, a warning by the higher one; ALERT only where so much money is gone
    that a person may be woken for it."""
    if not verdict.is_strong:
        return Severity.INFO
    return worst(verdict, limit, measure.floor) if measure.is_money else Severity.WARNING


def worst(verdict: Verdict, limit: Limit, floor: float) -> Severity:
    """How much a cost matters, by what was spent above the median."""
    if verdict.median is None or verdict.ratio < limit.alert:
        return Severity.WARNING
    far = verdict.value - verdict.median >= WORTH_WAKING * floor
    return Severity.ALERT if far else Severity.WARNING


def by_subject(runs: Runs) -> dict[Subject, list[int]]:
    """The rows of each agent or name, in order of time."""
    found: defaultdict[Subject, list[int]] = defaultdict(list)
    for at, subject in enumerate(runs.subjects):
        found[subject].append(at)
    return dict(found)
