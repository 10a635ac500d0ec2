"""A glance at traces whose examination is still to come, so that what is wrong is told in time.

An examination takes in a whole trace, so that a large one that grows rests between two of them, and
with much to do each waits for its turn. A glance sees the newest spans with those above them, and
adds what is found there and was not found before. It withdraws nothing and writes nothing else: the
examination that follows has the last word.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from time import monotonic

from django.db import transaction

from agentscope.agents.invoked import Run, runs
from agentscope.agents.so_far import so_far, unkept
from agentscope.billing.bill import Terms, bill
from agentscope.billing.copies import Told
from agentscope.billing.read import terms
from agentscope.findings.anomalies import add_anomalies
from agentscope.findings.at_once import Usual, dear_runs, new_anomalies
from agentscope.findings.detect import detect
from agentscope.findings.detectors import injection_lineage
from agentscope.findings.found import Found
from agentscope.findings.judging import judge_again
from agentscope.findings.limits import Limits
from agentscope.findings.odd import Runs
from agentscope.findings.read import limits_of
from agentscope.findings.scene import scene
from agentscope.findings.write import add_findings
from agentscope.meter.readings import NEWEST, readings
from agentscope.meter.write import may_take_meter, write_readings
from agentscope.projects.repeated import Effects, effects_of
from agentscope.projects.tools import Allowed, allowed_of
from agentscope.traces.clocks import moment
from agentscope.traces.delegates import also
from agentscope.traces.glances import (
    Before,
    Glanced,
    before,
    claim_glances,
    finish_glance,
    generation_of,
    seen_from,
)
from agentscope.traces.grow import grow
from agentscope.traces.load import load_recent
from agentscope.traces.senders import sender_names
from agentscope.traces.spans import Spans
from agentscope.traces.totals import Totals, name_of, totals
from agentscope.traces.tree import Tree

log = logging.getLogger(__name__)

# What nobody named before cannot be told from a part of a trace. All others would rather find less.
NEEDS_ALL = {injection_lineage.PATTERN.code}


@dataclass(slots=True, frozen=True)
class Rules:
    """What a project says, as far as examinations and glances go by it."""

    terms: Terms
    limits: Limits
    effects: Effects
    allowed: Allowed
    usual: Usual


class AllRules(dict[int, Rules]):
    """Rules by project, each read when it is asked for first. For a shift: they may change."""

    def __missing__(self, project_id: int) -> Rules:
        self[project_id] = found = rules_of(project_id)
        return found


def glance_due(rules: AllRules, seconds: float) -> None:
    """Glance at traces that wait for it, for so long at most."""
    end = monotonic() + seconds
    while monotonic() < end and (claimed := claim_glances()):
        for trace in claimed:
            glance_or_log(trace, rules)


def rules_of(project_id: int) -> Rules:
    """The rules of a project now, by which no other trace has told of any call before."""
    return Rules(
        terms(project_id, lambda *_: {}),
        limits_of(project_id),
        effects_of(project_id),
        allowed_of(project_id),
        Usual(project_id),
    )


def glance_or_log(trace: Glanced, rules: AllRules) -> None:
    """Glance at a trace. One that this cannot be done to must not keep others waiting."""
    try:
        glance(trace, rules[trace.project_id])
    except Exception:
        log.exception("Cannot glance at trace %s", trace.trace_id.hex)


@transaction.atomic
def glance(trace: Glanced, rules: Rules) -> None:
    """Add what is found in the newest spans of a trace, also while an examination is at it."""
    spans, is_all = load_recent(trace.project_id, trace.trace_id, trace.from_ns)
    tree = grow(spans)
    spans = spans.follow(tree.span_id)
    bill(tree, spans, rules.terms)
    invoked = runs(tree)
    seen = scene(tree, spans, invoked)
    seen.effects, seen.allowed = rules.effects, rules.allowed
    found = [each for each in detect(seen, rules.limits) if is_all or is_local(each)]
    add_findings(trace.project_id, trace.trace_id, trace.session, tree, found)
    earlier = before(trace)
    add_costs(trace, spans, rules, earlier, dear(trace, tree, spans, invoked, earlier))
    finish_glance(trace, is_metered=meter(trace, tree, spans, earlier))


def meter(trace: Glanced, tree: Tree, spans: Spans, earlier: Before) -> bool:
    """Write down what the newest part of a trace used, if all of it was seen: whether it was. What
    late spans used that began earlier is left to the examination."""
    since_ns = earlier.since_ns
    if not tree or seen_from(tree, since_ns) != since_ns:
        return False
    if not may_take_meter(trace.project_id, trace.trace_id):
        return False
    if since_ns:
        began = moment(since_ns // 1000), since_ns, since_ns
        found = Totals(
            *began, session=trace.session, user=trace.user, environment=trace.environment
        )
    else:
        found = totals(tree, spans)
    keys = sender_names(trace.project_id, spans)
    used = readings(tree, spans, found, since_ns, keys)
    write_readings(trace.project_id, trace.trace_id, used, parts=[NEWEST])
    return True


def dear(
    trace: Glanced, tree: Tree, spans: Spans, invoked: list[Run], earlier: Before
) -> Runs | None:
    """What agents have spent in a trace so far, as far as that is worth comparing. `earlier` is
    what the last examination left."""
    rows = tree.start_ns >= seen_from(tree, earlier.since_ns)
    known = unkept(earlier.spent)
    spent = {
        agent: each.after(known.get(agent)) for agent, each in so_far(tree, invoked, rows).items()
    }
    if also((), spans) or (earlier.since_ns and "" not in known):
        spent.pop("", None)  # agents ran in it
    return dear_runs(trace.trace_id, spent, trace.name if earlier.since_ns else name_of(tree))


def add_costs(
    trace: Glanced, spans: Spans, rules: Rules, earlier: Before, runs_so_far: Runs | None
) -> None:
    """Add costs that are out of the ordinary so far, if they are so without the calls that another
    trace has told before as well."""
    if not new_anomalies(rules.usual, rules.limits, runs_so_far):
        return
    generation = generation_of(trace.project_id, trace.trace_id)
    tree = grow(spans)
    spans = spans.follow(tree.span_id)
    bill(tree, spans, replace(rules.terms, copies=Told(trace.project_id, trace.trace_id)))
    new = new_anomalies(rules.usual, rules.limits, dear(trace, tree, spans, runs(tree), earlier))
    if new:
        add_anomalies(trace.project_id, trace.session, tree, new, generation)
        judge_again(trace.project_id, new)


def is_local(found: Found) -> bool:
    """Whether a finding in a part of a trace is one in the whole."""
    return found.pattern.code not in NEEDS_ALL
