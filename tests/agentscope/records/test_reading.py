"""Whose contents are read, and whose are not."""

from agentscope.records.reading import MOST, of_unit, to_read
from agentscope.records.units import FIRST_CALLS, LAST_CALLS, Unit, Units
from tests.agentscope.records.drawn import case_of


def units_of(text: str) -> list[Unit]:
    case = case_of(text)
    return Units(case.decisions, case.effects).all()


def test_of_a_large_trace_a_bounded_number_is_read_first_where_something_was_done():
    idle, busy = "agent a\n  llm act\n", "agent b\n  llm act\n  tool pay\n"
    units = units_of(idle * MOST + busy)
    rows = to_read(units)
    assert len(rows) == len(set(rows)) == MOST
    assert set(units[-1].changed) < set(rows)


def test_of_a_long_run_the_first_and_the_last_calls_are_read_and_what_it_changed():
    (unit,) = units_of(
        "agent a\n" + "  llm act\n" * 30 + "  tool find\n" * 30 + "  tool pay\n" * 20
    )
    rows = of_unit(unit)
    assert set(unit.changed) < set(rows)
    calls = [row for row in unit.calls if row in rows]
    assert calls == unit.calls[:FIRST_CALLS] + unit.calls[-LAST_CALLS:]
