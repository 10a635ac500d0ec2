"""Two projects with the same traces: a pack of one holds, and says, nothing of the other."""

from datetime import timedelta

import pytest

from agentscope.budgets.models import Answer
from agentscope.packs import packing
from agentscope.packs.ask import ask_pack, remove
from agentscope.packs.asked import Asked, BadPack
from agentscope.packs.read import was_there
from agentscope.projects.roles import Role
from agentscope.projects.write import create_project
from agentscope.reviews.write import comment, review
from agentscope.traces.models import SpanPayload
from tests.agentscope.reviews.decided import ANN, record
from tests.kit.costs import NOON_TIME, agent, call, settle, store, uuid
from tests.kit.twin import make_twin

pytestmark = pytest.mark.django_db
BEGIN = NOON_TIME - timedelta(hours=1)
KINDS = [
    {"since": BEGIN},
    {"session": "s"},
    {"trace": uuid(1)},
    {"trace": uuid(1), "decision": 1},
]


@pytest.fixture
def shop():
    """A project with a run, a decision that was reviewed, and an answer."""
    found = create_project("shop")
    store(found.pk, agent(1, 1, "planner", session="s"), call(1, 2, 1, "0.01", session="s"))
    settle()
    case = record(found.pk, session="s")
    review(case, ANN, "approved", "")
    comment(case, ANN, "look")
    Answer.objects.create(
        project_id=found.pk, at=NOON_TIME, trace=uuid(1), session="s", decision="allow",
        asked={}, said={},
    )  # fmt: skip
    return found


@pytest.fixture
def other(shop):
    found = create_project("other")
    make_twin(shop.pk, found.pk)
    return found


@pytest.mark.parametrize("kind", KINDS, ids=["period", "session", "trace", "decision"])
def test_what_is_asked_for_is_of_one_project(shop, other, kind):
    asked = Asked(shop, **kind)
    for name in ("traces", "records", "answers", "reviews", "comments"):
        found = getattr(asked, name)()
        assert [each.project_id for each in found] == [shop.pk], name


@pytest.mark.parametrize("kind", KINDS[1:], ids=["session", "trace", "decision"])
def test_what_another_project_has_is_not_there(shop, kind):
    with pytest.raises(BadPack, match="This project has not "):
        Asked(create_project("bare"), **kind).begin()


def test_spans_of_another_project_take_no_room(shop, other, monkeypatch):
    ours = SpanPayload.objects.filter(project_id=shop.pk).values_list("body", flat=True)
    monkeypatch.setattr(packing, "MOST_BYTES", sum(map(len, ours)))
    assert packing.fitting(shop.pk, [uuid(1)]) == [uuid(1)]


def test_a_pack_that_was_removed_was_never_there_for_others(shop):
    made = ask_pack(Asked(shop, session="s"), "ann")
    number = made.pk
    remove(made, "ann", Role.AUDITOR)
    assert was_there(shop.pk, number)
    assert not was_there(create_project("other").pk, number)
