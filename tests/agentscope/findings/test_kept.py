"""Of each cause the worst places of a trace are rows; one of them speaks for the others."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from agentscope.findings import causes as adding
from agentscope.findings.decisions import RESOLVED, decide, state
from agentscope.findings.detectors.exact_repeat import PATTERN
from agentscope.findings.found import Found, Spent
from agentscope.findings.kept import PLACES, kept
from agentscope.findings.models import Cause, Finding
from agentscope.findings.severity import Severity
from agentscope.findings.write import add_findings
from agentscope.pipeline import examine
from agentscope.projects.models import Project
from tests.kit.costs import trace_id, uuid
from tests.kit.loops import loop, tell_loop
from tests.ui.growing import tree

WHERE = 500
ROUNDS = 3
SOURCE = [f"result {place}" for place in range(WHERE) for _ in range(ROUNDS)]
TREE = tree([-1] + [0] * 100)


def many(places: int = WHERE, usd: str = "0.001") -> list[Any]:
    """An agent that repeats a call three times at each of so many places."""
    times = places * ROUNDS
    return loop(1, times, gap=5, results=SOURCE[:times], usd=usd)


@pytest.fixture
def of(settings: Any, db: Any) -> Project:
    settings.AGENTSCOPE_EMBEDDED = True  # no keys
    return Project.objects.create(name="shop")


def found(row: int, severity: int = 2, pico: int = 0, tokens: int = 0, agent: str = "a") -> Found:
    return Found(
        pattern=PATTERN,
        severity=Severity(severity),
        sentence="search was called 3 times.",
        subject="search",
        agent=agent,
        path=agent,
        rows=[row, row + 1],
        spent=Spent(tokens, pico),
        confidence=0.9,
        repeats=2,
    )


PLACE = st.builds(
    found,
    row=st.integers(0, 99),
    severity=st.integers(1, 3),
    pico=st.integers(0, 2),
    tokens=st.integers(0, 2),
    agent=st.sampled_from(["a", "b"]),
)
APART = st.lists(PLACE, unique_by=lambda each: (each.agent, each.rows[0]), max_size=90)


@given(APART, st.randoms())
def test_the_worst_are_kept_and_the_others_counted_in_any_order(
    places: list[Found], chance: Any
) -> None:
    result = kept(TREE, places)
    shuffled = list(places)
    chance.shuffle(shuffled)
    again = kept(TREE, shuffled)
    assert (result.rows, result.more, result.beyond) == (again.rows, again.more, again.beyond)
    left = [each for each in places if each not in result.rows.values()]
    assert len(result.rows) + len(result.beyond) == len(places)
    for each in left:
        rows = [one for one in result.rows.values() if one.agent == each.agent]
        assert len(rows) == PLACES
        assert all(one.severity >= each.severity for one in rows)
    more = result.more.values()
    assert sum(each["more_places"] for each in more) == len(left)
    assert sum(each["more_tokens"] for each in more) == sum(each.spent.tokens for each in left)
    pico = sum(each.spent.pico for each in left)
    assert sum(each["more_cost"] for each in more) == pico * Decimal("1e-12")


def test_of_two_at_one_place_the_first_counts() -> None:
    worse, milder = found(5, severity=3), found(5, severity=2)
    assert list(kept(TREE, [worse, milder]).rows.values()) == [worse]


def test_the_others_end_when_the_last_of_them_does() -> None:
    places = [found(row, tokens=100 - row) for row in range(PLACES + 3)]
    (more,) = kept(TREE, places).more.values()
    rows = [row for each in places[PLACES:] for row in each.rows]
    assert (more["more_places"], more["more_spans"]) == (3, 6)
    assert more["more_first_ns"] == int(TREE.start_ns[rows].min())
    assert more["more_last_at"].timestamp() == int(np.max(TREE.end_ns[rows])) // 1000 / 1e6


def test_five_hundred_places_are_twenty_rows(of: Project) -> None:
    tell_loop(of.pk, *many())
    rows = Finding.objects.filter(code="exact_repeat")
    speaker = rows.get(more_places__gt=0)
    assert (rows.count(), speaker.more_places) == (PLACES, WHERE - PLACES)
    assert speaker.more_spans == (WHERE - PLACES) * ROUNDS
    cause = Cause.objects.get(code="exact_repeat")
    assert (cause.findings, cause.more_places, cause.traces) == (WHERE, WHERE - PLACES, 1)
    each = rows.exclude(pk=speaker.pk).first()
    assert each is not None
    assert cause.tokens == each.tokens * WHERE > 0
    assert cause.known_cost == each.known_cost * WHERE > 0


def test_examining_again_changes_nothing(of: Project) -> None:
    tell_loop(of.pk, *many(places=60))
    before = list(Finding.objects.order_by("first_span").values())
    examine(of.pk, uuid(1))
    assert list(Finding.objects.order_by("first_span").values()) == before


def test_what_is_outdone_is_no_row_and_is_not_withdrawn(of: Project) -> None:
    """Places that come later cost more, so they take the place of those before them."""
    cheap, dear = many(places=60), many(places=120, usd="0.01")
    tell_loop(of.pk, *cheap)
    last = Finding.objects.latest("raised_at").raised_at
    decide(of.pk, Cause.objects.get(code="exact_repeat").fingerprint, RESOLVED, "me", "")
    tell_loop(of.pk, *dear[len(cheap) :])
    rows = Finding.objects.filter(code="exact_repeat")
    assert not rows.exclude(withdrawn_at=None).exists()
    assert (rows.count(), rows.get(more_places__gt=0).more_places) == (PLACES, 100)
    assert all(row.raised_at > last for row in rows)
    cause = Cause.objects.get(code="exact_repeat")
    assert (cause.findings, state(cause)) == (120, "reopened")


def test_fewer_places_again_are_rows_of_when_they_were_raised(of: Project) -> None:
    tell_loop(of.pk, *many(places=30))
    raised = set(Finding.objects.values_list("raised_at", flat=True))
    (lost,) = Finding.objects.filter(more_places__gt=0)
    assert lost.more_places == 10
    results = SOURCE[: 30 * ROUNDS]
    for span in lost.span_ids:
        results[(span - 3) // 2] = f"other {span}"
    late = loop(1, len(results), gap=5, results=results, usd="0.001")
    for wire, _ in late:
        wire.end_ns += 10**9  # the later copy of a span wins
    tell_loop(of.pk, *late)
    rows = Finding.objects.filter(code="exact_repeat", withdrawn_at=None)
    assert (rows.count(), rows.get(more_places__gt=0).more_places) == (PLACES, 9)
    assert set(rows.values_list("raised_at", flat=True)) <= raised


def test_pages_and_machines_are_told(of: Project, client: Client) -> None:
    tell_loop(of.pk, *many())
    words = "and in 480 more places of this trace: "
    assert words in client.get(f"/p/shop/traces/{trace_id(1).hex()}/").text
    assert ">500<" in client.get("/p/shop/traces/").text
    said = client.get(f"/api/v1/traces/{trace_id(1).hex()}/findings?project=shop").json()
    assert (said["total"], said["more_places"]) == (PLACES, 480)
    (more,) = [each["more"] for each in said["findings"] if each["more_places"]]
    assert (more["places"], more["span_count"]) == (480, 480 * ROUNDS)
    (cause,) = client.get("/api/v1/findings?code=exact_repeat&project=shop").json()["findings"]
    assert (cause["findings"], cause["more_places"]) == (WHERE, 480)
    whole = client.get(f"/api/v1/findings/{cause['fingerprint']}?offset=10&project=shop").json()
    assert (whole["total"], len(whole["items"]), whole["next"]) == (PLACES, 10, None)
    page = client.get(f"/p/shop/findings/{cause['fingerprint']}/").text
    assert "500 times" in page
    assert words in page


def test_a_glance_raises_the_worst_alone(of: Project) -> None:
    places = [found(row) for row in range(60)]
    add_findings(of.pk, uuid(9), "", TREE, places)
    assert Finding.objects.filter(trace_id=uuid(9)).count() == PLACES
    while adding.add_up():
        pass
    assert Cause.objects.get(code="exact_repeat").findings == 60
