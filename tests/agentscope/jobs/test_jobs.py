"""Jobs: asked for, run in steps that commit as a whole, resumed, stopped, and never two at once."""

from datetime import timedelta
from itertools import count

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from agentscope.jobs.models import Job
from agentscope.jobs.read import job_of, newest_jobs, progress
from agentscope.jobs.run import claim, committed_step, run_due, run_step
from agentscope.jobs.write import MOST_UNFINISHED, TooManyJobs, ask, stop
from agentscope.projects.write import create_project

pytestmark = pytest.mark.django_db
KIND = Job.Kind.REPRICE


class Adding:
    """Adds up the numbers from 1 to `upto`, one a step."""

    def __init__(self, breaks_at=None, error=None):
        self.breaks_at, self.error = breaks_at, error

    def count(self, job):
        return job.parameters["upto"]

    def step(self, job):
        number = (job.cursor or 0) + 1
        create_project(f"effect {number}")
        job.cursor, job.done = number, number
        job.result = {"sum": job.result.get("sum", 0) + number}
        if number == self.breaks_at:
            raise self.error
        return number == job.total


def asked(upto=3, project_id=1, **more):
    return ask(project_id, KIND, {"upto": upto}, "ada", **more)


def test_it_works():
    job = asked()
    assert (job.state, progress(job)) == ("waiting", None)
    run_due({KIND: Adding()})
    job.refresh_from_db()
    assert (job.state, job.result, progress(job)) == ("done", {"sum": 6}, 100)
    assert job.started_at
    assert job.finished_at
    assert not job.lease_until
    assert claim([KIND]) is None


def test_kinds_that_nobody_runs_wait():
    job = asked()
    run_due({Job.Kind.UNDERSTAND: Adding()})
    job.refresh_from_db()
    assert job.state == "waiting"


def test_one_at_a_time_for_a_project_and_kind_in_the_order_of_asking():
    first, second, elsewhere = asked(), asked(), asked(project_id=2)
    assert [claim([KIND]) for _ in range(3)] == [first.pk, elsewhere.pk, None]
    stop(first)
    assert claim([KIND]) == second.pk


def test_a_worker_that_is_killed_loses_nothing_but_its_lease():
    job = asked()
    assert claim([KIND]) == job.pk
    assert committed_step(job.pk, {KIND: Adding()})
    assert claim([KIND]) is None
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    run_due({KIND: Adding()})
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"sum": 6})


def test_a_step_commits_as_a_whole_or_not_at_all():
    job = asked()
    broken = {KIND: Adding(breaks_at=2, error=OperationalError("gone"))}
    run_due(broken)
    job.refresh_from_db()
    assert (job.state, job.cursor, job.result) == ("running", 1, {"sum": 1})
    assert job.message == ""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from project where name = 'effect 2'")
        assert cursor.fetchone() == (0,)


def test_a_job_that_cannot_go_on_says_why():
    job = asked()
    run_due({KIND: Adding(breaks_at=2, error=ValueError("no such thing"))})
    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", "ValueError: no such thing")
    assert (job.cursor, job.done) == (None, 1)
    assert claim([KIND]) is None


def test_a_job_is_stopped_after_the_step_that_it_is_at():
    job = asked()
    claim([KIND])
    run_step(job.pk, {KIND: Adding()})
    stop(job)
    assert not run_step(job.pk, {KIND: Adding()})
    job.refresh_from_db()
    assert (job.state, job.done, job.cursor) == ("stopped", 1, None)
    stop(job)
    run_due({KIND: Adding()})
    job.refresh_from_db()
    assert (job.state, job.done) == ("stopped", 1)


def test_a_long_job_gives_way_and_can_be_claimed_again_at_once(monkeypatch):
    monkeypatch.setattr("agentscope.jobs.run.SHIFT", 3)
    monkeypatch.setattr("agentscope.jobs.run.monotonic", count().__next__)
    job = asked(upto=10**6)
    run_due({KIND: Adding()})
    job.refresh_from_db()
    assert (job.state, job.done) == ("running", 2)
    assert claim([KIND]) == job.pk


def test_a_job_of_another_project_is_not_there():
    job = asked()
    assert job_of(1, job.pk) == job
    assert job_of(2, job.pk) is None
    assert newest_jobs(2) == []


def test_the_newest_jobs_come_first():
    jobs = [asked() for _ in range(3)]
    assert newest_jobs(1, 2) == [jobs[2], jobs[1]]


@given(st.lists(st.booleans(), max_size=12))
def test_wherever_workers_die_the_result_is_the_same(deaths):
    with transaction.atomic():
        job = asked(upto=5)
        for dies in deaths:
            job.refresh_from_db()
            dies_at = (job.cursor or 0) + 1 if dies else None
            claim([KIND])
            run_step(job.pk, {KIND: Adding(dies_at, OperationalError("killed"))})
            Job.objects.filter(state="running").update(lease_until=timezone.now())
        for _ in range(6):
            run_due({KIND: Adding()})
        job.refresh_from_db()
        found = (job.state, job.done, job.result)
        transaction.set_rollback(True)
    assert found == ("done", 5, {"sum": 15})


def test_only_so_many_jobs_of_a_project_wait():
    for _ in range(MOST_UNFINISHED):
        last = ask(1, KIND, {}, "ada")
    with pytest.raises(TooManyJobs):
        ask(1, KIND, {}, "ada")
    ask(2, KIND, {}, "ada")
    stop(last)
    ask(1, KIND, {}, "ada")
