"""The turns of a run, from its tree."""

from textwrap import dedent

import numpy as np
from hypothesis import given

from agentscope.traces.grow import grow
from agentscope.transcript.turns import DEEPEST, Turns, turns_of
from agentscope.vocabulary import Kind
from tests.agentscope.graph.test_making import runs
from tests.kit.drawing import drawn, spans


def turns(text: str) -> Turns:
    return turns_of(grow(drawn(dedent(text))))


def told(found: Turns) -> list[tuple[str, str, list[str]]]:
    """Agent, name and what came of each turn."""
    rows = list(found.tree.rows())
    return [
        (
            rows[row].text("agent"),
            rows[row].text("name"),
            [rows[at].text("name") for at in found.events_of(turn)],
        )
        for turn, row in enumerate(found.rows.tolist())
    ]


TEAM = """\
    agent lead
      llm plan
      tool search
      handoff transfer_to_x
      tool ask
        agent helper
          llm think
          tool fetch
      llm answer
      tool save
    """


def test_what_came_of_a_turn_stands_with_it():
    assert told(turns(TEAM)) == [
        ("lead", "plan", ["search", "transfer_to_x", "ask"]),
        ("helper", "think", ["fetch"]),
        ("lead", "answer", ["save"]),
    ]


def test_an_agent_that_calls_no_model_is_a_turn():
    found = turns("agent crew\n  agent worker\n    tool t\n  agent idle")
    assert [name for _, name, _ in told(found)] == ["crew", "worker", "idle"]


def test_the_turn_before_is_of_the_same_agent_in_the_same_place():
    found = turns(TEAM)
    assert [found.before(turn) for turn in range(3)] == [-1, -1, 0]
    assert [found.bases(turn) for turn in range(3)] == [[], [], [0]]


def test_where_agents_take_over_the_turn_just_before_counts_too():
    found = turns("chain r\n  agent a\n    llm x\n  agent b\n    llm y\n  agent a\n    llm z")
    assert [found.bases(turn) for turn in range(3)] == [[], [0], [0, 1]]


def test_a_span_leads_to_its_turn():
    found = turns(TEAM)
    names = [row.text("name") for row in found.tree.rows()]
    of = {name: found.of_row(at) for at, name in enumerate(names)}
    assert of == {
        "lead": 0,
        "plan": 0,
        "search": 0,
        "transfer_to_x": 0,
        "ask": 0,
        "helper": 1,
        "think": 1,
        "fetch": 1,
        "answer": 2,
        "save": 2,
    }


def test_thousands_of_agents_inside_each_other():
    deep = [
        {"kind": Kind.AGENT, "agent": f"a{at}", "name": "x", "parent_id": at} for at in range(5000)
    ]
    found = turns_of(grow(spans(*deep)))
    assert len(found) == 5000
    assert {len(chain) for chain in found.inside} == set(range(1, DEEPEST + 1))


def test_nobody_spoke():
    found = turns("chain r\n  tool t")
    assert (len(found), found.of_row(0)) == (0, -1)
    assert len(turns_of(grow(drawn("")))) == 0


@given(runs())
def test_laws(found):
    """Every counted model call is one turn; every event is of one turn at most, before it and of
    the same run."""
    made = turns_of(grow(found))
    assert set(np.flatnonzero(made.tree.kind == Kind.LLM)) <= set(made.rows.tolist())
    seen = [at for turn in range(len(made)) for at in made.events_of(turn)]
    assert len(seen) == len(set(seen))
    for turn in range(len(made)):
        assert all(at >= made.rows[turn] for at in made.events_of(turn))
        assert all(base < turn for base in made.bases(turn))
