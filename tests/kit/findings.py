"""What is found in a scenario, by the whole pipeline: from its bodies to rows of findings."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from django.db import transaction

from agentscope.findings.found import Severity
from agentscope.findings.models import Finding
from agentscope.pipeline import examine
from agentscope.traces.models import Trace
from agentscope.traces.write import save_records, save_spans
from ingest.dialects import understand, understand_log
from ingest.from_logs import with_spans
from ingest.otlp import decode_logs, decode_traces
from tests.scenarios.scenario import Scenario
from tests.scenarios.score import Finding as Told
from tests.scenarios.score import Raised
from tests.scenarios.wire import Sent

PROTOBUF = "application/x-protobuf"
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
    said = alert = 0
    for number, requests in enumerate(scenario.parts(), 1):
        for sent in requests:
            save(sent, project_id)
        settle(project_id)
        right = [severity for code, severity in told(project_id) if code in scenario.label.codes]
        said = said or number * bool(right)
        alert = alert or number * ("alert" in right)
        if alert or (said and scenario.label.level != "alert"):
            break
    return Raised(said, alert)


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
    return standing(plain) != standing(mixed)


def standing(project_id: int) -> list[tuple[object, ...]]:
    """All that is said of the findings that stand."""
    rows = Finding.objects.filter(project_id=project_id, withdrawn_at__isnull=True)
    return sorted(
        (row.trace_id, row.first_span, row.last_span, row.code, row.severity, row.sentence)
        for row in rows
    )


@dataclass(frozen=True)
class Grown:
    """What became of the right findings that were raised while a run went on."""

    vanished: int  # in whose place nothing that is right stands in the end
    renamed: int  # that stand under another fingerprint, as the agent came to be known later


def grown(scenario: Scenario, project_id: int) -> Grown:
    """Examine a run after each round, and look at what was withdrawn."""
    for requests in scenario.parts():
        for sent in requests:
            save(sent, project_id)
        settle(project_id)
    rows = Finding.objects.filter(project_id=project_id, code__in=scenario.label.codes)
    kept = [row for row in rows if row.withdrawn_at is None]
    withdrawn = [row for row in rows if row.withdrawn_at is not None]
    named = {(row.code, row.first_span) for row in kept}
    return Grown(
        vanished=sum(not any(overlap(row, other) for other in kept) for row in withdrawn),
        renamed=sum((row.code, row.first_span) in named for row in withdrawn),
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
    rows = Finding.objects.filter(project_id=project_id, withdrawn_at__isnull=True)
    return [(row.code, Severity(row.severity).word) for row in rows]
