"""From spans to advice: what is stored is what is read, and a project sees only its own."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from agentscope.projects.models import Project
from agentscope.routing.advised import Verdict
from agentscope.routing.choose import advise
from agentscope.routing.models import ModelUse, SuggestedModel
from agentscope.routing.read import advice, examples, report
from agentscope.routing.suggest import STEADY, suggest, suggest_all, suggestions
from agentscope.routing.suggested import suggested_model
from agentscope.traces.models import Trace
from tests.kit.money import SINCE, START, UNTIL
from tests.kit.routing import DAY, history, line, priced, run
from tests.kit.world import World

pytestmark = pytest.mark.django_db


def told(world):
    return advice(world.project.pk, SINCE, UNTIL)


@pytest.fixture
def world(settings):
    settings.AGENTSCOPE_EMBEDDED = True
    found = World()
    found.tell(history(), random.Random(1))
    return found


def test_it_works(world):
    (found,) = told(world)
    assert (found.agent, found.model, found.calls) == ("planner", "gpt-4o", 40)
    assert (found.best.model, found.best.verdict) == ("gpt-4o-mini", Verdict.PROVEN)
    # 40 calls: 40,000 × $2.5 + 4,000 × $10 a million, against $0.15 and $0.6
    assert found.saving == Decimal("0.14") - Decimal("0.0084")
    assert report(world.project.pk, SINCE, UNTIL).is_whole


def test_what_is_saved_is_what_the_bill_says_less_what_it_would_say(world):
    (found,) = told(world)
    calls = world.json("costs", group_by="model", since=SINCE.isoformat(), until=UNTIL.isoformat())
    cost = {each["key"]["model"]: each["amounts"]["known_cost_usd"] for each in calls["groups"]}
    assert found.best.saving.now == Decimal(cost["gpt-4o"])


@pytest.mark.parametrize("seed", range(3))
def test_order_batching_and_repetition_do_not_matter(world, seed):
    other = World()
    other.tell(history(), random.Random(seed))
    assert told(other) == told(world)


def test_late_spans_change_the_advice(world):
    failed = [*run(3, "gpt-4o-mini", 60, **{"error.type": "timeout"})]
    for each in failed[1:]:
        each.span.status.code = 2
    world.tell(failed, random.Random(1))
    assert told(world) == []
    world.settle()
    assert ModelUse.objects.filter(project_id=world.project.pk, failed__gt=0).exists()


def test_what_is_examined_again_is_not_written_again(world):
    before = stamps()
    Trace.objects.filter(project_id=world.project.pk).update(examined_generation=-1)
    world.settle()
    assert stamps() == before != []


def stamps():
    """The rows, with the transactions that wrote them."""
    with connection.cursor() as cursor:
        cursor.execute("select place, xmin::text from model_use order by 1, 2")
        return cursor.fetchall()


def test_only_calls_of_the_period_count(world):
    began = datetime.fromtimestamp(START / 10**9, UTC)
    assert advice(world.project.pk, SINCE, began) == []
    assert advice(world.project.pk, began, began + timedelta(hours=1)) == told(world)
    assert advice(world.project.pk, began + timedelta(hours=1), UNTIL) == []


def test_the_evidence_is_calls_that_are_there(world):
    (found,) = told(world)
    asked = [(found.site, found.kind), (found.best.evidence.site, found.kind)]
    ((now,), (then,)) = examples(world.project.pk, SINCE, UNTIL, asked)
    assert (now[0].int, then[0].int) == (1, 2)
    assert now[1] == 2  # the first of those that cost the same


def test_a_project_sees_only_its_own(world):
    stranger = Project.objects.create(name="stranger")
    (found,) = told(world)
    assert advice(stranger.pk, SINCE, UNTIL) == []
    assert examples(stranger.pk, SINCE, UNTIL, [(found.site, found.kind)]) == [[]]
    suggest_all(UNTIL)
    assert suggested_model(stranger.pk, "planner", "planner", "gpt-4o", 100) is None


def test_as_many_questions_however_much_was_called(world, django_assert_num_queries):
    told(world)  # the price list is read
    with django_assert_num_queries(4):  # a savepoint around the settings and the question
        told(world)


def ask(world, agent="planner", path="planner", model="gpt-4o", tokens=1_100):
    return suggested_model(world.project.pk, agent, path, model, tokens)


def test_a_proven_model_is_suggested(world):
    assert ask(world) is None
    for _ in range(2):
        suggest(world.project.pk, UNTIL)
    assert ask(world) == "gpt-4o-mini"
    assert ask(world, model="gpt-4o-2024-08-06") == "gpt-4o-mini"
    assert ask(world, path="") == ask(world, agent="") == "gpt-4o-mini"
    assert SuggestedModel.objects.filter(project_id=world.project.pk).count() == 2


def test_nothing_is_suggested_for_what_is_not_known(world):
    suggest(world.project.pk, UNTIL)
    assert ask(world, agent="critic", path="critic") is None
    assert ask(world, agent="", path="") is None
    assert ask(world, model="gpt-4o-mini") is None
    assert ask(world, tokens=128_001) is None


def test_one_row_is_read(world, django_assert_num_queries):
    suggest(world.project.pk, UNTIL)
    with django_assert_num_queries(1):
        ask(world)


def test_what_is_no_longer_proven_is_no_longer_suggested(world):
    suggest(world.project.pk, UNTIL)
    suggest(world.project.pk, UNTIL + timedelta(days=60))
    assert ask(world) is None


def suggested(*lines):
    found = suggestions(advise(lines, priced(), DAY))
    return {(each.path, each.model): each.suggested for each in found}


def test_an_unsteady_place_gets_no_suggestion():
    mini = line("gpt-4o-mini", 200)
    some = round(100 * STEADY)
    steady = [line(calls=some), line(calls=100 - some, kind=7), mini]
    unsteady = [line(calls=some - 1), line(calls=101 - some, kind=7), mini]
    everywhere = {("planner", "gpt-4o"): "gpt-4o-mini", ("", "gpt-4o"): "gpt-4o-mini"}
    assert suggested(*steady) == everywhere
    assert suggested(*unsteady) == {}


def test_what_is_only_to_be_tried_is_not_suggested():
    assert suggested(line()) == {}
