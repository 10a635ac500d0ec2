"""How well something finds what is wrong: precision and recall per pattern, beside a control that
only looks at the length of a run.

Two questions are asked. Alert: does it call a person where one is needed, and only there? Any: does
it say something where something is wrong, at whatever severity, and nothing where nothing is?
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

from tests.scenarios.scenario import CODES, Label, Scenario

Finding = tuple[str, str]  # code and severity: info, warning or alert
Find = Callable[[Scenario], Iterable[Finding]]
ALERT = "alert"
HEAD = (
    *("pattern", "code", "alert precision", "alert recall", "recall by length"),
    *("any precision", "any recall", "said by round", "alert by round"),
)


class Raised(NamedTuple):
    """After how many rounds something right was said first, and was an alert; 0: never."""

    said: int
    alert: int
    repeats: int = 0  # that were counted when it was said first


Replay = Callable[[Scenario], Raised]


@dataclass
class Tally:
    """What was said rightly and wrongly, and where something was to be said."""

    right: int = 0  # pairs of a run and a code
    wrong: int = 0
    found: int = 0  # runs in which a right code was to be said, and was
    missed: int = 0

    @property
    def precision(self) -> float:
        """The share of right among what was said; 1 if nothing was."""
        return share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """The share of runs that were found; 1 if there are none."""
        return share(self.found, self.found + self.missed)

    def add(self, other: Tally) -> None:
        """Count what another has counted as well."""
        self.right, self.wrong = self.right + other.right, self.wrong + other.wrong
        self.found, self.missed = self.found + other.found, self.missed + other.missed


@dataclass(frozen=True)
class Mistake:
    """Something that was said although it is not so, or was not said."""

    scenario: str
    what: str


@dataclass
class Score:
    """The result, by code: of a pattern, its own runs are those that it is the first code of."""

    alert: dict[str, Tally] = field(default_factory=lambda: {code: Tally() for code in CODES})
    any: dict[str, Tally] = field(default_factory=lambda: {code: Tally() for code in CODES})
    control: dict[str, Tally] = field(default_factory=lambda: {code: Tally() for code in CODES})
    threshold: int = 0  # steps, of the control
    control_false: int = 0  # runs without need that the control calls a person to
    mistakes: list[Mistake] = field(default_factory=list)
    raised: dict[str, list[Raised]] = field(default_factory=lambda: {code: [] for code in CODES})
    unjudged: Counter[str] = field(default_factory=Counter)  # codes that no scenario is about

    def lines(self) -> Iterator[str]:
        """The table, as Markdown."""
        yield f"| {' | '.join(HEAD)} |"
        yield "|---" * len(HEAD) + "|"
        for number, code in enumerate(CODES, 1):
            told = row(self.alert[code], self.control[code], self.any[code], self.raised[code])
            yield f"| L{number} | `{code}` | {told} |"
        every = [raised for code in CODES for raised in self.raised[code]]
        sums = total(self.alert), total(self.control), total(self.any)
        yield f"| | all | {row(*sums, every)} |"
        by_length = total(self.control)
        yield (
            f"\nLength alone, at its best threshold of {self.threshold} steps:"
            f" precision {ratio(by_length.found, by_length.found + self.control_false)},"
            f" recall {ratio(by_length.found, by_length.found + by_length.missed)}."
        )
        if self.unjudged:
            told = ", ".join(f"{code} {count}" for code, count in sorted(self.unjudged.items()))
            yield f"Not judged: {told}."


def row(alert: Tally, control: Tally, any_severity: Tally, raised: Sequence[Raised]) -> str:
    """The cells of one code."""
    return " | ".join(
        (
            ratio(alert.right, alert.right + alert.wrong),
            ratio(alert.found, alert.found + alert.missed),
            ratio(control.found, control.found + control.missed),
            ratio(any_severity.right, any_severity.right + any_severity.wrong),
            ratio(any_severity.found, any_severity.found + any_severity.missed),
            rounds([each.said for each in raised]),
            rounds([each.alert for each in raised]),
        )
    )


def rounds(numbers: Sequence[int]) -> str:
    """The median and the most of those that are known: `4, at most 9`."""
    known = [number for number in numbers if number]
    return f"{median(known):g}, at most {max(known)}" if known else "-"


def score(scenarios: Sequence[Scenario], find: Find, replay: Replay | None = None) -> Score:
    """Have everything found in some scenarios, and judge it; by `replay` also how soon it is."""
    result = Score()
    for scenario in scenarios:
        found = list(find(scenario))
        result.unjudged.update(code for code, _ in found if code not in CODES)
        loud = {code for code, severity in found if severity == ALERT} & {*CODES}
        said = {code for code, _ in found} & {*CODES}
        judge(scenario, loud, result.alert, result.mistakes, is_alert=True)
        judge(scenario, said, result.any, result.mistakes, is_alert=False)
        if replay and said & {*scenario.label.codes} and scenario.played.region.ends:
            result.raised[scenario.label.codes[0]].append(replay(scenario))
    add_control(scenarios, result)
    return result


def judge(
    scenario: Scenario,
    said: set[str],
    tallies: dict[str, Tally],
    mistakes: list[Mistake],
    *,
    is_alert: bool,
) -> None:
    """Count what was said of one run at a severity or above."""
    label, how = scenario.label, "alert" if is_alert else "any"
    for code in sorted(said):
        verdict = is_right(label, code, is_alert=is_alert)
        if verdict:
            tallies[code].right += 1
        elif verdict is False:
            tallies[code].wrong += 1
            mistakes.append(Mistake(scenario.name, f"{how}: {code} is wrong"))
    if not is_wanted(label, is_alert=is_alert):
        return
    own = tallies[label.codes[0]]
    if said & {*label.codes}:
        own.found += 1
    else:
        own.missed += 1
        mistakes.append(Mistake(scenario.name, f"{how}: {label.codes[0]} is missing"))


def is_right(label: Label, code: str, *, is_alert: bool) -> bool | None:
    """Whether a code may be said of a run; None where that is left open."""
    allowed = ("alert", "either") if is_alert else ("alert", "inform", "either", "hint")
    if label.level not in allowed:
        return False
    return True if code in label.codes else None if code in label.tolerated else False


def is_wanted(label: Label, *, is_alert: bool) -> bool:
    """Whether something has to be said of a run."""
    return label.level in (("alert",) if is_alert else ("alert", "inform", "either"))


def add_control(scenarios: Sequence[Scenario], result: Score) -> None:
    """Judge the control by the same runs: it calls a person when a run is long."""
    clear = [scenario for scenario in scenarios if scenario.label.level != "either"]
    needed = [at for at in clear if at.label.level == ALERT]
    needless = [at for at in clear if at.label.level != ALERT]
    result.threshold = best_threshold(needed, needless)
    for scenario in needed:
        own = result.control[scenario.label.codes[0]]
        is_long = scenario.steps >= result.threshold
        own.found, own.missed = own.found + is_long, own.missed + (not is_long)
    result.control_false = sum(at.steps >= result.threshold for at in needless)


def best_threshold(needed: Sequence[Scenario], needless: Sequence[Scenario]) -> int:
    """The length that separates the two best, by F1."""

    def f1(threshold: int) -> float:
        right = sum(at.steps >= threshold for at in needed)
        wrong = sum(at.steps >= threshold for at in needless)
        return share(2 * right, right + wrong + len(needed))

    return max(sorted({at.steps for at in needed}), key=f1, default=0)


def total(tallies: dict[str, Tally]) -> Tally:
    """Over all codes."""
    result = Tally()
    for tally in tallies.values():
        result.add(tally)
    return result


def share(part: int, whole: int) -> float:
    """A part of a whole; all of it where there is nothing."""
    return part / whole if whole else 1.0


def ratio(part: int, whole: int) -> str:
    """The same for a cell of the table."""
    return f"{part / whole:.2f} ({part}/{whole})" if whole else "-"
