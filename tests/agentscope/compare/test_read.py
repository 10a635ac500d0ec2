"""Two traces of a project, compared."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.compare.contents import ASKED
from agentscope.compare.read import compare
from agentscope.projects.models import Project
from agentscope.traces.models import Trace
from agentscope.vocabulary import PICO, Content, Kind
from tests.kit.costs import agent, call, span, tell, uuid

SECOND = 10**9


@pytest.fixture
def project(db) -> Project:
    return Project.objects.create(name="shop")


def run(trace: int, usd: str = "0.25", asked: str = "cats", searches: int = 1, tool="search"):
    """A lead that calls a model and searches some times."""
    said = {"kind": Kind.TOOL, "tool": tool, "name": tool}
    content = Content(arguments={"q": asked}, result="three")
    return [
        agent(trace, 1, "lead"),
        call(trace, 2, 1, usd),
        *(
            span(trace, number, 1, number * SECOND, content=content, **said)
            for number in range(3, 3 + searches)
        ),
    ]


def test_costs_add_up_to_the_last_digit(project):
    tell(project.pk, *run(1, "0.250000000001"), *run(2, "1.7"))
    found = compare(project.pk, uuid(1), uuid(2))
    assert found
    left, right = (Trace.objects.get(trace_id=uuid(each)) for each in (1, 2))
    assert found.found.left_total.cost == left.known_cost
    assert found.found.right_total.cost == right.known_cost
    worst = found.found.lines[0]
    assert worst.more("pico") * PICO == left.known_cost - right.known_cost


def test_other_arguments_of_the_same_step(project):
    tell(project.pk, *run(1), *run(2, asked="dogs"))
    found = compare(project.pk, uuid(1), uuid(2))
    assert found
    assert found.found.parting is None
    assert found.contents.first
    assert found.contents.first.what == ASKED
    assert found.found.left.row(found.contents.first.left).text("tool") == "search"


def test_the_same_twice(project):
    tell(project.pk, *run(1), *run(2))
    found = compare(project.pk, uuid(1), uuid(2))
    assert found
    assert (found.found.parting, found.contents.first) == (None, None)


@pytest.mark.parametrize("ids", [(1, 9), (9, 1)])
def test_one_that_is_not_there(project, ids):
    tell(project.pk, *run(1))
    assert compare(project.pk, uuid(ids[0]), uuid(ids[1])) is None


def test_one_of_another_project(project):
    other_project = Project.objects.create(name="other")
    tell(project.pk, *run(1))
    tell(other_project.pk, *run(2))
    assert compare(project.pk, uuid(1), uuid(2)) is None
    assert compare(other_project.pk, uuid(1), uuid(2)) is None


def test_four_queries_whatever_the_size_and_no_payload(project):
    for searches in (1, 30):
        tell(project.pk, *run(1, searches=searches), *run(2, searches=searches))
        with CaptureQueriesContext(connection) as found:
            compare(project.pk, uuid(1), uuid(2))
        assert len(found) == 4
        assert not [query for query in found if "payload" in query["sql"]]
