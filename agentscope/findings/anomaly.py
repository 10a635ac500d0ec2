"""An anomaly before it is written down, however it was found. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from agentscope.findings.baselines import Verdict
from agentscope.findings.firsts import NEW_HOST, PATTERNS, First
from agentscope.findings.found import Pattern, Spent
from agentscope.findings.hosts import Call, NewHosts
from agentscope.findings.hourly import OddHour
from agentscope.findings.measures import ERROR_RATE, LASTED, MEASURES, OPEN, UNPRICED, Measure
from agentscope.findings.mix import OddMix
from agentscope.findings.odd import Odd
from agentscope.findings.places import Place
from agentscope.findings.severity import Severity
from agentscope.findings.shifts import PATTERN as COST_SHIFT
from agentscope.findings.shifts import STRETCH, OddShift
from agentscope.traces.clocks import EPOCH, LAST_NS
from agentscope.vocabulary import PICO, ErrorClass

MICROSECOND = 1000  # ns
HOUR_NS = 3600 * 10**9
COMPARED = (*(each.pattern for each in MEASURES), COST_SHIFT, *PATTERNS)
CODES = frozenset(each.code for each in COMPARED)


@dataclass(slots=True, frozen=True)
class Anomaly:
    """What is written down as a finding, but for the spans."""

    trace_id: UUID
    pattern: Pattern
    severity: Severity
    sentence: str
    agent: str
    subject: str
    first_ns: int  # on the day that is judged
    last_ns: int
    place: Place
    spent: Spent = field(default_factory=Spent)  # above what is usual
    evidence: dict[str, Any] = field(default_factory=dict)  # numbers by their names


def of_runs(found: Iterator[Odd]) -> Iterator[Anomaly]:
    """Runs that are out of the ordinary, as anomalies."""
    for each in found:
        agent, name = each.subject
        first = nanoseconds(each.began)
        yield Anomaly(
            trace_id=each.trace_id,
            pattern=each.measure.pattern,
            severity=each.severity,
            sentence=each.sentence,
            agent=agent,
            subject=agent or name,
            first_ns=first,
            last_ns=min(first + max(each.numbers[LASTED], each.numbers[OPEN]), LAST_NS),
            place=Place(agent),
            spent=above(each.measure, each.verdict, each.numbers),
            evidence=compared(each.verdict, each.measure),
        )


def of_hours(found: Iterator[OddHour], traces: Mapping[tuple[int, str], UUID]) -> Iterator[Anomaly]:
    """Hours that are out of the ordinary, but those in which no trace cost anything."""
    for each in found:
        if trace_id := traces.get((each.spike.hour, each.agent)):
            yield of_hour(
                *(trace_id, each, each.measure.pattern, each.spike.hour),
                spent=above(each.measure, each.spike.verdict, each.numbers),
                evidence=compared(each.spike.verdict, each.measure),
            )


def of_shifts(
    found: Iterator[OddShift], traces: Mapping[tuple[int, str], UUID]
) -> Iterator[Anomaly]:
    """Costs that stay up, from the hour on in which it came true."""
    for each in found:
        shift = each.shift
        more = round(shift.value - shift.usual)
        much = {"pico": more} if each.measure.is_money else {"tokens": more}
        if trace_id := traces.get((shift.hour, each.agent)):
            yield of_hour(
                *(trace_id, each, COST_SHIFT, shift.hour),
                spent=Spent(**much, nanoseconds=STRETCH * HOUR_NS),
                evidence={"hours": shift.samples, "ratio": round(shift.ratio, 2)},
            )


def of_hour(
    trace_id: UUID,
    found: OddHour | OddShift,
    pattern: Pattern,
    hour: int,
    *,
    spent: Spent,
    evidence: dict[str, Any],
) -> Anomaly:
    """An anomaly of an hour. It needs a trace: it hangs on the one that cost most in the hour."""
    begin, end = hour * HOUR_NS, (hour + 1) * HOUR_NS
    return Anomaly(
        trace_id=trace_id,
        pattern=pattern,
        severity=found.severity,
        sentence=found.sentence,
        agent=found.agent,
        subject=found.subject,
        first_ns=begin,
        last_ns=end,
        place=Place(found.agent, hours=(begin, end)),
        spent=spent,
        evidence=evidence,
    )


def of_mixes(found: Iterator[OddMix]) -> Iterator[Anomaly]:
    """Runs and hours that failed in a way they usually do not, as anomalies. An hour hangs on the
    run with most failures."""
    for each in found:
        mixed = each.mixed
        first = nanoseconds(mixed.began)
        known = "" if each.name == ErrorClass.UNKNOWN else each.name
        if mixed.trace_id:
            yield Anomaly(
                trace_id=mixed.trace_id,
                pattern=ERROR_RATE.pattern,
                severity=each.severity,
                sentence=each.sentence,
                agent=mixed.agent,
                subject=f"{each.name} per hour" if each.is_hour else each.name,
                first_ns=first,
                last_ns=first + HOUR_NS * each.is_hour,
                place=Place(mixed.agent, error_class=known),
                evidence=compared(each.verdict, ERROR_RATE) | {"runs": mixed.runs},
            )


def of_firsts(found: Iterator[First]) -> Iterator[Anomaly]:
    """What agents did for the first time."""
    for each in found:
        began = nanoseconds(each.began)
        yield Anomaly(
            trace_id=each.trace_id,
            pattern=each.pattern,
            severity=each.severity,
            sentence=each.sentence,
            agent=each.agent,
            subject=each.name,
            first_ns=began,
            last_ns=began,
            place=each.place,
            evidence={"samples": each.runs},
        )


def of_host(found: NewHosts, call: Call) -> Anomaly:
    """A host that was called for the first time."""
    began = nanoseconds(found.called.began)
    return Anomaly(
        trace_id=found.called.trace_id,
        pattern=NEW_HOST,
        severity=call.severity,
        sentence=call.sentence(found),
        agent=found.called.agent,
        subject=call.host,
        first_ns=began,
        last_ns=began,
        place=Place(span_id=call.span_id),
        evidence={"samples": found.runs, "hosts": len(found.keys)},
    )


def above(measure: Measure, verdict: Verdict, numbers: Sequence[int]) -> Spent:
    """What was spent above the median; nothing is known of what is odd otherwise."""
    much = round(verdict.value - (verdict.median or 0))
    if measure.is_money:
        return Spent(pico=much, unpriced=numbers[UNPRICED])
    return Spent(tokens=much) if measure.pattern.code == "token_anomaly" else Spent()


def compared(verdict: Verdict, measure: Measure) -> dict[str, Any]:
    """The numbers behind the sentence, rounded; money in USD, as text."""
    amounts: dict[str, Any] = {"value": verdict.value, "median": verdict.median}
    for name, amount in amounts.items():
        if amount is not None:
            amounts[name] = str(round(amount) * PICO) if measure.is_money else round(amount, 4)
    unit = "USD" if measure.is_money else measure.unit
    ratio = round(verdict.ratio, 2)
    return amounts | {"unit": unit, "ratio": ratio, "samples": verdict.samples}


def nanoseconds(time: datetime) -> int:
    """A time in Unix ns, exact to the microsecond."""
    passed = time - EPOCH
    seconds = passed.days * 86_400 + passed.seconds
    return (seconds * 10**6 + passed.microseconds) * MICROSECOND
