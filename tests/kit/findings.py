"""What is found in a scenario, by the whole pipeline: from its bodies to rows of findings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

from django.db import transaction

from agentscope.findings.models import Finding
from agentscope.findings.severity import Severity
from agentscope.pipeline import examine
from agentscope.traces.models import Trace
from agentscope.traces.write import save_records, save_spans
from ingest.dialects import understand, understand_log
from ingest.from_logs import with_spans
from ingest.otlp import decode_logs, decode_traces
from tests.kit.judging import judge
from tests.scenarios.scenario import Label, Scenario
from tests.scenarios.score import Finding as Told
from tests.scenarios.score import Raised
from tests.scenarios.wire import Sent

PROTOBUF = "application/x-protobuf"
Cause = tuple[UUID, UUID]  # trace, fingerprint
MOST_ROUNDS = 5
LOOKS = 0.3  # the share of the requests after which a growing run is examined


def found_in(scenario: Scenario, project_id: int) -> list[Told]:
    """Code and severity of each finding that stands when the run is over."""
    for sent in scenario.bodies():
        save(sent, project_id)
    settle(project_id)
    return told(project_id)


def raised_in(scenario: Scenario, project_id: int) -> Raised:
    """After how many rounds of what repeats itself a right code is said, and is an alert, while the
    run goes on and spans come as they end."""
    return first_said(scenario.label, rounds(scenario, project_id))


def rounds(scenario: Scenario, project_id: int) -> Iterator[list[Finding]]:
    """The right findings that stand after each round of a run that goes on."""
    for requests in scenario.parts():
        for sent in requests:
            save(sent, project_id)
        settle(project_id)
        yield [row for row in found_rows(project_id) if row.code in scenario.label.codes]


def first_said(label: Label, rounds: Iterable[list[Finding]]) -> Raised:
    """After how many rounds there was a right finding, and one that is an alert. Looks at no more
    of them than it takes."""
    said = alert = repeats = 0
    for number, right in enumerate(rounds, 1):
        if right and not said:
            said, repeats = number, max(row.repeats for row in right)
        alert = alert or number * any(row.severity == Severity.ALERT for row in right)
        if alert or (said and label.level != "alert"):
            break
    return Raised(said, alert, repeats)


def differs_when_scattered(scenario: Scenario, rng: Random, projects: tuple[int, int]) -> bool:
    """Whether something else is found where the spans come in any order, in small requests, some of
    them twice, with looks in between."""
    plain, mixed = projects
    for sent in scenario.bodies():
        save(sent, plain)
    settle(plain)
    for sent in scenario.scattered(rng):
        save(sent, mixed)
        if rng.random() < LOOKS:
            settle(mixed)
    settle(mixed)
    judge()  # what a run cost may be told before it is over; its day has the last word
    return standing(plain) != standing(mixed)


def standing(project_id: int) -> list[tuple[object, ...]]:
    """All that is said of the findings that stand."""
    return sorted(
        (row.trace_id, row.first_span, row.last_span, row.code, row.severity, row.sentence)
        for row in found_rows(project_id)
    )


@dataclass(frozen=True)
class Grown:
    """What became of the right findings that were raised while a run went on."""

    raised: Raised
    vanished: int  # in whose place nothing that is right stands in the end
    renamed: int  # that stand under another fingerprint, as the agent came to be known later
    again: int  # of their causes those that were raised more often than they ever had places


def grown(scenario: Scenario, project_id: int) -> Grown:
    """Examine a run after each round, and look at what was withdrawn, and at when what stands was
    raised."""
    raised: dict[Cause, set[datetime]] = defaultdict(set)
    places: Counter[Cause] = Counter()
    stood = list(rounds(scenario, project_id))
    for right in stood:
        for row in right:
            raised[row.trace_id, row.fingerprint].add(row.raised_at)
        places |= Counter((row.trace_id, row.fingerprint) for row in right)
    rows = Finding.objects.filter(project_id=project_id, code__in=scenario.label.codes)
    kept = [row for row in rows if row.withdrawn_at is None]
    withdrawn = [row for row in rows if row.withdrawn_at is not None]
    named = {(row.code, row.first_span) for row in kept}
    return Grown(
        raised=first_said(scenario.label, stood),
        vanished=sum(not any(overlap(row, other) for other in kept) for row in withdrawn),
        renamed=sum((row.code, row.first_span) in named for row in withdrawn),
        again=sum(len(moments) > places[cause] for cause, moments in raised.items()),
    )


def overlap(one: Finding, other: Finding) -> bool:
    """Whether two findings tell of the same time: a cycle takes the place of its parts."""
    return one.first_ns <= other.last_ns and other.first_ns <= one.last_ns


def save(sent: Sent, project_id: int) -> None:
    """Store what a request holds, as the worker does that drains the inbox."""
    with transaction.atomic():
        if sent.signal == "logs":
            records = decode_logs(sent.body, PROTOBUF).items
            save_records(project_id, *with_spans((each, understand_log(each)) for each in records))
            return
        spans = decode_traces(sent.body, PROTOBUF).items
        save_spans(project_id, [(span, understand(span)) for span in spans])


def settle(project_id: int) -> None:
    """Examine what has changed, and what has to be looked at again because of it."""
    for _ in range(MOST_ROUNDS):
        waiting = Trace.objects.filter(project_id=project_id).order_by("start_ns", "trace_id")
        due = [trace for trace in waiting if trace.generation != trace.examined_generation]
        for trace in due:
            examine(project_id, trace.trace_id)


def told(project_id: int) -> list[Told]:
    """Code and severity of each finding that stands."""
    return [(row.code, Severity(row.severity).word) for row in found_rows(project_id)]


def found_rows(project_id: int) -> list[Finding]:
    """The findings that stand."""
    return list(Finding.objects.filter(project_id=project_id, withdrawn_at__isnull=True))
