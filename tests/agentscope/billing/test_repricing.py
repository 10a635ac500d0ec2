"""Pricing history again: the preview says what the job then does, and the log says it was done."""

from decimal import Decimal
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from agentscope.billing.difference import MOST_MODELS, OTHERS, Difference, Line
from agentscope.billing.management.commands import reprice
from agentscope.jobs.models import Job
from agentscope.jobs.run import claim, committed_step
from agentscope.jobs.write import ask
from agentscope.pipeline import RUNNERS, examine, run_jobs
from agentscope.prices.book import shelf
from agentscope.prices.models import ModelPrice
from agentscope.projects.models import Project
from agentscope.projects.write import create_project
from agentscope.traces.models import Trace
from agentscope.traces.read import trace_tree
from agentscope.traces.write import save_spans
from agentscope.vocabulary import Kind, Meaning, Usage
from tests.kit.changes import noted
from tests.kit.spans import NOON, wire_span

pytestmark = pytest.mark.django_db
HOUR = 3600 * 10**9


@pytest.fixture
def shop() -> Project:
    return create_project("shop")


def save(project: Project, number: int, model: str, start_ns: int = NOON) -> UUID:
    """An examined trace with one call of 1,000 tokens, half of them output."""
    trace_id = UUID(int=number)
    call = Meaning(Kind.LLM, model=model, provider="acme", usage=Usage(500, 500))
    wire = wire_span(1, trace_id=trace_id.bytes, start_ns=start_ns, end_ns=start_ns + 10**9)
    save_spans(project.pk, [(wire, call)])
    examine(project.pk, trace_id)
    return trace_id


def set_price(project: Project, model: str, usd: int) -> None:
    """What a million tokens cost from now on, whichever."""
    ModelPrice.objects.filter(project_id=project.pk, model=model).delete()
    for unit in ("input", "output"):
        ModelPrice.objects.create(
            project_id=project.pk,
            provider="acme",
            model=model,
            unit=unit,
            usd_per_million=usd,
            source="project",
        )
    shelf.clear()


def run(project: Project, *, is_preview: bool = False, **parameters) -> Job:
    """A job that was run to its end."""
    job = ask(project.pk, Job.Kind.REPRICE, parameters, "ada", is_preview)
    while job.state in ("waiting", "running"):
        run_jobs()
        job.refresh_from_db()
    return job


def cost(trace_id: UUID) -> Decimal | None:
    found = Trace.objects.get(trace_id=trace_id)
    return None if found.unpriced_calls else found.known_cost


def test_it_works(shop):
    known, unknown = save(shop, 1, "m"), save(shop, 2, "n")
    assert (cost(known), cost(unknown)) == (None, None)
    set_price(shop, "m", 2)
    job = run(shop)
    assert (job.state, job.done, job.total) == ("done", 2, 2)
    assert job.result == {
        "calls": 1,
        "traces": 1,
        "old": "0.000000000000",
        "new": "0.002000000000",
        "difference": "0.002000000000",
        "unpriced_before": 2,
        "unpriced_after": 1,
        "models": {
            "m": {
                "calls": 1,
                "old": "0.000000000000",
                "new": "0.002000000000",
                "difference": "0.002000000000",
                "unpriced_before": 1,
                "unpriced_after": 0,
            },
            "n": {
                "calls": 0,
                "old": "0.000000000000",
                "new": "0.000000000000",
                "difference": "0.000000000000",
                "unpriced_before": 1,
                "unpriced_after": 1,
            },
        },
    }
    assert (cost(known), cost(unknown)) == (Decimal("0.002"), None)


def test_the_preview_says_what_the_job_does_and_writes_nothing(shop):
    trace_id = save(shop, 1, "m")
    set_price(shop, "m", 2)
    tree = trace_tree(shop.pk, trace_id).pack()
    preview = run(shop, is_preview=True)
    assert trace_tree(shop.pk, trace_id).pack() == tree
    assert cost(trace_id) is None
    assert not noted()
    assert run(shop).result == preview.result


def test_the_log_says_who_did_it_and_what_it_came_to(shop):
    save(shop, 1, "m")
    set_price(shop, "m", 2)
    job = run(shop, since="2026-11-01T00:00:00+00:00", models=["m"])
    began, ended = noted()
    assert began.what == "Began to price some of the history from 2026-11-01 again."
    assert ended.what == "Priced history again: 1 call in 1 trace changed, from $0 to $0.002."
    assert (ended.who, ended.details) == ("ada", job.result)


def test_twice_is_the_same_as_once(shop):
    trace_id = save(shop, 1, "m")
    set_price(shop, "m", 2)
    run(shop)
    again = run(shop).result
    assert (again["calls"], again["traces"], again["difference"]) == (0, 0, "0.000000000000")
    assert cost(trace_id) == Decimal("0.002")


def test_only_what_was_asked_for_is_priced_again(shop):
    early, late = save(shop, 1, "m"), save(shop, 2, "m", NOON + 2 * HOUR)
    other = save(shop, 3, "n", NOON + 2 * HOUR)
    for model in "mn":
        set_price(shop, model, 2)
    run(shop, since="2026-11-25T13:00:00+00:00", models=["m"])
    assert [cost(each) for each in (early, late, other)] == [None, Decimal("0.002"), None]
    run(shop, until="2026-11-25T13:00:00+00:00")
    assert cost(early) == Decimal("0.002")


def test_other_projects_keep_their_costs(shop):
    theirs = save(create_project("theirs"), 1, "m")
    save(shop, 2, "m")
    set_price(shop, "m", 2)
    assert run(shop).total == 1
    assert cost(theirs) is None


def test_it_goes_on_where_a_worker_died(shop, monkeypatch):
    monkeypatch.setattr("agentscope.billing.repricing.STEP", -1)
    for number in (1, 2, 3):
        save(shop, number, "m", NOON + number)
    set_price(shop, "m", 2)
    job = ask(shop.pk, Job.Kind.REPRICE, {}, "ada")
    claim([Job.Kind.REPRICE])
    assert committed_step(job.pk, RUNNERS)
    assert Trace.objects.filter(known_cost__gt=0).count() == 1
    Job.objects.update(lease_until=timezone.now())
    while job.state != "done":
        run_jobs()
        job.refresh_from_db()
    assert (job.done, job.result["calls"], job.result["new"]) == (3, 3, "0.006000000000")
    assert len(noted()) == 2


def test_a_trace_that_another_worker_is_at_waits_its_turn(shop, monkeypatch):
    trace_id = save(shop, 1, "m")
    set_price(shop, "m", 2)
    monkeypatch.setattr(RUNNERS[Job.Kind.REPRICE], "examine", lambda *_: False)
    job = ask(shop.pk, Job.Kind.REPRICE, {}, "ada")
    claim([Job.Kind.REPRICE])
    assert committed_step(job.pk, RUNNERS)
    job.refresh_from_db()
    assert job.done == 0
    monkeypatch.undo()
    while committed_step(job.pk, RUNNERS):
        pass
    assert cost(trace_id) == Decimal("0.002")


def test_the_command_asks_for_a_job_and_says_what_it_came_to(shop, monkeypatch):
    save(shop, 1, "m")
    set_price(shop, "m", 2)
    monkeypatch.setattr(reprice, "sleep", lambda _: run_jobs())
    said = StringIO()
    call_command("reprice", "shop", "--preview", stdout=said)
    call_command("reprice", "shop", "--since", "2026-11-01", "--model", "m", stdout=said)
    assert said.getvalue().splitlines()[1::2] == [
        "1 traces; 1 calls in 1 of them would change: $0.000000000000 → $0.002000000000.",
        "1 traces; 1 calls in 1 of them changed: $0.000000000000 → $0.002000000000.",
    ]


def test_the_command_says_what_is_wrong(shop, monkeypatch):
    with pytest.raises(CommandError, match="no project 'nobody'"):
        call_command("reprice", "nobody")
    monkeypatch.setattr(reprice, "sleep", lambda _: Job.objects.update(state="stopped"))
    with pytest.raises(CommandError, match="has stopped"):
        call_command("reprice", "shop", stdout=StringIO())


def test_models_beyond_the_most_are_added_up():
    found = Difference()
    for number in range(MOST_MODELS + 2):
        found.add(Difference(1, {f"m{number}": Line(calls=1, new=Decimal(1))}))
    assert len(found.models) == MOST_MODELS + 1
    assert found.models[OTHERS].calls == 2
    assert Difference.parse(found.written()) == found
    assert found.new == MOST_MODELS + 2
