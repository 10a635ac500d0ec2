"""Who decided: the agent, its version, on whose behalf, and by whom it was called. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentscope.agents.invoked import HANDS_OFF
from agentscope.records.case import Case
from agentscope.records.item import Item, cut
from agentscope.records.units import Unit
from agentscope.traces.above import NONE

MOST_CALLERS = 20


def who(case: Case, unit: Unit) -> Iterator[Item]:
    """The items of this part; callers the outermost first."""
    spans, totals = case.spans, case.totals
    if unit.run == NONE:
        yield case.item("step", unit.first)
    else:
        yield named(case, unit, "agent", spans.agent, case.decisions.turns.runs[unit.run].agent)
    for what, column, of_trace in (
        ("version", spans.agent_version, ""),
        ("service", spans.service, ""),
        ("environment", spans.environment, totals.environment),
        ("user", spans.user, totals.user),
        ("session", spans.session, totals.session),
    ):
        value = of_trace or next((column[row] for row in unit.rows if column[row]), "")
        if value:
            yield named(case, unit, what, column, value)
    yield from callers(case, unit)


def named(case: Case, unit: Unit, what: str, column: Sequence[str], value: str) -> Item:
    """A name, with the row of the record that says it itself; else another step does."""
    row = next((row for row in unit.rows if column[row] == value), NONE)
    if row == NONE:
        return Item(what, cut(value), rule="around")
    return Item(what, cut(value), span=case.span(row))


def version(case: Case, unit: Unit) -> str:
    """The version of its agent, as far as it says one."""
    said = case.spans.agent_version
    return next((said[row] for row in unit.rows if said[row]), "")


def callers(case: Case, unit: Unit) -> Iterator[Item]:
    """The chain of agents that led to a run, the outermost first, and whoever else called it."""
    turns, chain, run = case.decisions.turns, list[Item](), unit.run
    passed = {NONE}
    while run not in passed and turns.runs[run].callers and len(chain) < MOST_CALLERS:
        passed.add(run)
        found = list(calls_of(case, run))
        chain += found if run == unit.run else found[:1]
        run = int(turns.run_at[turns.runs[run].called_from[0]])
    yield from reversed(chain)


def calls_of(case: Case, run: int) -> Iterator[Item]:
    """Each caller of a run, with the row in which it called, and how."""
    called = case.decisions.turns.runs[run]
    for (agent, how), row in zip(called.callers, called.called_from, strict=True):
        rule = "reach" if how == HANDS_OFF else "nested"
        yield Item("caller", cut(agent), case.span(row), rule=rule, words=how)
