"""What happens to a trace once its spans are stored: it is examined until nothing more comes."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from time import monotonic, thread_time
from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from agentscope.agents.days import add_up as add_up_agents
from agentscope.agents.days import forget_runs
from agentscope.agents.hours import add_up as add_up_hours
from agentscope.agents.hours import forget_hours
from agentscope.agents.invoked import runs
from agentscope.agents.runs import agent_runs
from agentscope.agents.so_far import left_behind
from agentscope.agents.write import replace_runs
from agentscope.audit.verifying import Verifying
from agentscope.billing.bill import bill
from agentscope.billing.copies import Claims, forget_claims
from agentscope.billing.repricing import Repricing
from agentscope.costs.charges import charges_of, write_charges
from agentscope.costs.days import Day, claim_day, close_days, forget_lines, roll_up
from agentscope.costs.lines import lines_of
from agentscope.costs.write import mark_days, write_lines
from agentscope.erasure.run import Erase
from agentscope.findings.at_once import tell_costs
from agentscope.findings.causes import add_up as add_up_causes
from agentscope.findings.detect import detect
from agentscope.findings.found import Found
from agentscope.findings.judging import judge_due, mark_changed
from agentscope.findings.neighbours import Neighbours, forget_neighbours
from agentscope.findings.outline import outline
from agentscope.findings.scene import Scene, scene
from agentscope.findings.unjudged import Ids, keep_hosts, unjudged
from agentscope.findings.write import forget_findings, replace_findings
from agentscope.glance import AllRules, Rules, glance_due, rules_of
from agentscope.jobs.models import Job
from agentscope.jobs.run import Runner, run_due
from agentscope.meter.readings import readings
from agentscope.meter.write import take_meter, write_readings
from agentscope.packs.packing import Packing
from agentscope.packs.then_forget import ThenForgetPacks, forget_expired_packs
from agentscope.parts import has_findings, has_parts
from agentscope.records.redacted import redact_records
from agentscope.records.write import forget_records, write_records
from agentscope.redaction.stored import RedactStored
from agentscope.routing.days import add_up_uses
from agentscope.routing.write import write_uses
from agentscope.search.again import ThenFindAgain
from agentscope.sessions.write import add_up, mark_due, mark_expired
from agentscope.traces.again import UnderstandAgain
from agentscope.traces.examined import (
    SETTLED,
    claim_at_leisure,
    claim_due,
    finish,
    settle_due,
    take,
)
from agentscope.traces.glances import recent_from
from agentscope.traces.grow import grown
from agentscope.traces.linked import placed
from agentscope.traces.load import load_spans
from agentscope.traces.partitions import ensure_partitions
from agentscope.traces.retention import drop_expired
from agentscope.traces.senders import sender_names
from agentscope.traces.spans import Spans
from agentscope.traces.totals import Totals, totals
from agentscope.traces.tree import Tree

log = logging.getLogger(__name__)

GLANCING = 1.0  # second, at most
SHIFT = 1.0  # second, then the task gives way to others; the next tick goes on
LEISURELY = 0.5  # second, likewise, and beat calls each second


@shared_task(name="traces.examine")
def examine_due() -> None:
    """Claim due traces and examine them, until none is due or the shift is over; before that glance
    at those that have waited. Add up some of what was found by either: with much to do, the turn of
    `findings.add_up` comes late, and the examination of a large trace takes seconds."""
    while settle() == SETTLED:
        pass
    rules = AllRules()
    glance_due(rules, GLANCING)
    add_up_causes()
    end = monotonic() + SHIFT
    while monotonic() < end and (claimed := claim_due()):
        for project_id, trace_id in claimed:
            examine_or_log(project_id, trace_id, rules)
    add_up_causes()


@shared_task(name="traces.examine_at_leisure")
def examine_at_leisure() -> None:
    """Examine traces that an earlier version examined, for a part of each second."""
    rules, end = AllRules(), monotonic() + LEISURELY
    while monotonic() < end and (claimed := claim_at_leisure()):
        for project_id, trace_id in claimed:
            examine_or_log(project_id, trace_id, rules)


@shared_task(name="traces.partitions")
def partitions() -> None:
    """Make the day partitions that are needed soon, drop those that are expired."""
    ensure_partitions()
    close_days(add_up_agents, add_up_hours, add_up_uses)  # no news: nothing is judged again
    drop_expired()
    forget_lines()
    forget_runs()
    forget_hours()
    forget_claims()
    forget_neighbours()
    forget_findings()
    forget_records()
    forget_expired_packs()
    mark_expired()


@shared_task(name="sessions.add_up")
def add_up_sessions() -> None:
    """Add up sessions whose traces changed, until none is due or the shift is over."""
    end = monotonic() + SHIFT
    while monotonic() < end and add_up():
        pass


@shared_task(name="findings.add_up")
def add_up_findings() -> None:
    """Add up causes whose findings changed, until none is due or the shift is over."""
    end = monotonic() + SHIFT
    while monotonic() < end and add_up_causes():
        pass


@shared_task(name="findings.judge")
def judge_days() -> None:
    """Compare days that were added up with those before, until none is due or the shift is over."""
    end = monotonic() + SHIFT
    while monotonic() < end and judge_due():
        pass


@shared_task(name="costs.roll_up")
def roll_up_days() -> None:
    """Add up days of which something changed, until none is due or the shift is over."""
    end = monotonic() + SHIFT
    while monotonic() < end and (day := claim_day()):
        add_up_day(day)


def add_up_day(day: Day) -> None:
    """Add up what a day cost, and what agents did on it."""
    roll_up(day, add_up_agents, add_up_hours, mark_changed)


@transaction.atomic
def settle() -> int:
    """Say of quiet traces that they ended, and let their sessions know; how many there were."""
    count, sessions = settle_due()
    mark_due(sessions)
    return count


@shared_task(name="jobs.run")
def run_jobs() -> None:
    """Work on jobs that were asked for."""
    run_due(RUNNERS)


def examine_or_log(project_id: int, trace_id: UUID, rules: AllRules) -> None:
    """Examine a trace. One that cannot be is logged, and due again when its lease ends."""
    try:
        examine(project_id, trace_id, rules[project_id])
    except Exception:
        log.exception("Cannot examine trace %s of project %s", trace_id.hex, project_id)


@contextmanager
def without_sweeping() -> Iterator[None]:
    """Pause the collection of cyclic garbage: it would look through the rows of a large trace again
    and again, for a third of the time, and there are no cycles among them."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def examine(project_id: int, trace_id: UUID, rules: Rules | None = None) -> None:
    """Build the tree of a trace and write down what it comes to, by these rules of its project or
    by those of now.

    Reads without locks. If spans arrive meanwhile, the generation has moved on when we write, and
    the trace stays due. Does nothing if another worker is at it.
    """
    claims, others = Claims(project_id, trace_id), Neighbours(project_id, trace_id)
    examine_with(claims, others, rules)
    claims.look_again()
    others.look_again()


@without_sweeping()
@transaction.atomic
def examine_with(claims: Claims, others: Neighbours, rules: Rules | None = None) -> bool:
    """The same up to the commit, after which other traces are asked about `claims`, and what they
    have in common with this one. False if another worker is at it."""
    began, read_at = thread_time(), timezone.now()
    project_id, trace_id = claims.project_id, claims.trace_id
    trace = take(project_id, trace_id)
    if trace is None:
        return False
    claims.is_new = others.is_new = trace.is_new and not has_parts(project_id, trace_id)
    rules = rules or rules_of(project_id)
    tree, spans = grown(load_spans(project_id, trace_id))
    bill(tree, spans, replace(rules.terms, copies=claims))
    nothing = Totals(trace.started_at, trace.start_ns, trace.end_ns)
    keys = sender_names(project_id, spans).values()
    found = placed(project_id, trace_id, totals(tree, spans, keys) if tree else nothing)
    invoked = runs(tree) if tree else []
    unknown = unjudged(tree, spans)
    acted = keep_hosts(project_id, trace_id, agent_runs(tree, spans, invoked), unknown)
    days = replace_runs(
        project_id, trace_id, found.environment, acted, is_new=claims.is_new
    ) | write_costs(claims, tree, spans, found)
    seen = among(scene(tree, spans, invoked), found, others, rules) if tree else None
    wrong = detect(seen, rules.limits) if seen else []
    if write_findings(claims, found.session, tree, wrong, unknown, read_at):
        trace = replace(trace, is_done=False)
    write_records(project_id, trace_id, seen, found, wrong, is_new=claims.is_new)
    tell_costs(rules.usual, rules.limits, trace_id, tree, invoked, found)
    finish(trace, tree, found, thread_time() - began, left_behind(tree, invoked))
    mark_days(project_id, days)
    mark_due((trace.project_id, session) for session in (trace.session, found.session))
    return True


def write_costs(claims: Claims, tree: Tree, spans: Spans, found: Totals) -> set[date]:
    """Write down what a trace cost; the days (UTC) of which something changed."""
    of_trace, lines = (claims.project_id, claims.trace_id), lines_of(tree, spans, found)
    days = write_lines(*of_trace, lines, is_new=claims.is_new)
    write_charges(*of_trace, charges_of(tree, lines), is_new=claims.is_new)
    days |= write_uses(*of_trace, tree, found, is_new=claims.is_new)
    used = readings(tree, spans, found, recent_from(tree), sender_names(claims.project_id, spans))
    take_meter(*of_trace)
    write_readings(*of_trace, used)
    return days


def write_findings(
    claims: Claims, session: str, tree: Tree, wrong: list[Found], unknown: Ids, read_at: datetime
) -> bool:
    """Make these the findings of a trace; whether something is left to the next examination. Where
    none was there and none is found, that is what a glance has raised meanwhile."""
    of_trace = claims.project_id, claims.trace_id
    if claims.is_new and not wrong:
        return has_findings(*of_trace)
    return replace_findings(*of_trace, session, tree, wrong, unknown, read_at)


def examine_within(project_id: int, trace_id: UUID) -> bool:
    """Examine a trace in the transaction of the caller. False if another worker is at it."""
    claims, others = Claims(project_id, trace_id), Neighbours(project_id, trace_id)
    transaction.on_commit(claims.look_again)
    transaction.on_commit(others.look_again)
    return examine_with(claims, others)


def among(seen: Scene, found: Totals, others: Neighbours, rules: Rules) -> Scene:
    """What happened in a trace, seen among others of its project."""
    own = outline(seen, found, others.trace_id, found.session)
    seen.effects, seen.allowed = rules.effects, rules.allowed
    acts = [replace(act, trace_id=others.trace_id) for act in seen.acts.values()]
    seen.earlier = others.meet(own, acts, is_known=not unjudged(seen.tree, seen.spans))
    return seen


RUNNERS: dict[str, Runner] = {  # by kind of job
    Job.Kind.UNDERSTAND: ThenFindAgain(UnderstandAgain()),
    Job.Kind.REPRICE: Repricing(examine_within),
    Job.Kind.REDACT: ThenForgetPacks(RedactStored(examine_within, add_up_day, redact_records)),
    Job.Kind.VERIFY: Verifying(),
    Job.Kind.ERASE: ThenForgetPacks(Erase(examine_within, add_up_day, redact_records)),
    Job.Kind.PACK: Packing(),
}
