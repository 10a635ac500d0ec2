"""Rules over the runs that a filter of the list lets through."""

from __future__ import annotations

import pytest

from agentscope.alerts import matching
from agentscope.alerts.models import AlertEvent
from agentscope.alerts.read import evidence_of
from agentscope.alerts.watch import BadRule
from agentscope.alerts.windows import Window
from agentscope.projects.models import Project
from agentscope.vocabulary import Status
from tests.agentscope.alerts.test_evaluate import MINUTE, SECOND, look, project, rule, tell
from tests.kit.costs import call, sent, uuid
from tests.kit.spans import NOON

__all__ = ["project"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("agent=ada", 5),
        ("model=gpt-4o&range=24h&columns=name", 7),
        ("status=error", 2),
        ("session=s1&status=ok", 5),
        ("min_cost=4", 5),
        ("q=cost+%3E+4", 5),
        ("finding=exact_repeat", None),
        ("", 7),
    ],
)
def test_only_runs_that_match_count(project: Project, query: str, value: int | None) -> None:
    rule(project, filter=query)
    tell(
        project,
        call(1, 1, 0, "5", agent="ada", session="s1"),
        call(2, 2, 0, "2", status=Status.ERROR, session="s2", after=SECOND),
    )
    look(project)
    values = list(AlertEvent.objects.values_list("value", flat=True))
    assert values == ([] if value is None else [value])


def test_only_runs_that_a_key_sent_count(project: Project) -> None:
    rule(project, filter="key=%237")
    tell(project, *sent(7, call(1, 1, 0, "5")), *sent(8, call(2, 2, 0, "2", after=SECOND)))
    look(project)
    assert AlertEvent.objects.get().value == 5


def test_what_matches_later_counts_then(project: Project) -> None:
    rule(project, filter="status=error")
    tell(project, call(1, 1, 0, "5"))
    assert look(project) == []
    tell(project, call(1, 2, 0, "1", status=Status.ERROR))
    assert look(project, 2 * MINUTE) == [("", "firing", "fired")]
    assert AlertEvent.objects.get().value == 6


def test_the_traces_behind_it_match_too(project: Project) -> None:
    rule(project, filter="agent=ada")
    tell(project, call(1, 1, 0, "5", agent="ada"), call(2, 2, 0, "7", after=SECOND))
    look(project)
    found = evidence_of(project, AlertEvent.objects.get())
    assert found
    assert [each.trace_id for each in found.parts] == [uuid(1)]


def test_too_many_runs_are_said_and_not_cut(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "MOST", 1)
    found = rule(project, filter="model=gpt-4o")
    tell(project, call(1, 1, 0, "5"), call(2, 2, 0, "5", after=SECOND))
    assert look(project) == []
    found.refresh_from_db()
    assert found.trouble.startswith("More than 1 runs match it in one window")


def test_as_many_as_may_match_are_looked_at(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "MOST", 2)
    rule(project, filter="?model=gpt-4o")
    tell(project, call(1, 1, 0, "1"), call(2, 2, 0, "1", after=SECOND))
    assert look(project) == [("", "firing", "fired")]


def test_runs_of_a_window_are_those_that_were_under_way_in_it(project: Project) -> None:
    other = Project.objects.create(name="other")
    tell(other, call(9, 9, 0, "1", after=3 * SECOND))
    tell(project, *(call(at, at, 0, "1", after=at * SECOND) for at in range(1, 6)))
    window = Window(NOON + 3 * SECOND, NOON + 4 * SECOND)  # the second run ends as it begins
    assert set(matching.matching(project.pk, "model=gpt-4o", window)) == {uuid(2), uuid(3)}


def test_what_is_asked_of_runs_is_what_the_query_says() -> None:
    asked = matching.asked_of_traces(1, "state=ended&tool=shell&min_cost=0")
    assert (asked.state, asked.tool, str(asked.min_cost)) == ("ended", "shell", "0")
    longest = "agent=" + "x" * (matching.LONGEST - 6)
    assert len(matching.asked_of_traces(1, longest).agent) == matching.LONGEST - 6
    with pytest.raises(BadRule, match=r"\(character \d+\)$"):
        matching.asked_of_traces(1, "q=cost+%3E")


@pytest.mark.parametrize(
    "query",
    ["agnet=x", "min_cost=1000000000", "min_cost=Infinity", "agent=\0",
     "status=odd", "state=odd", "min_cost=x", "min_cost=-1", "min_cost=NaN", "q=x",
     "q=attribute+%3D+1", "q=cost+%3E", "session=%00x\0", "agent=" + "x" * 4000],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(query: str) -> None:
    with pytest.raises(BadRule) as refused:
        matching.asked_of_traces(1, query)
    assert refused.value.part == "filter"
