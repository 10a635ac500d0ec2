"""Cheaper models, read by machine."""

import csv
import random

import jsonschema
import pytest

from agentscope.projects.write import create_project
from agentscope.routing.suggest import suggest
from tests.agentscope.api.test_decide import CHECK, DECIDE, JSON, budget
from tests.agentscope.api.test_schema import closed
from tests.kit.money import SINCE, UNTIL
from tests.kit.routing import history
from tests.kit.world import World

PAGE = "/api/v1/advice"
PERIOD = {"since": SINCE.isoformat(), "until": UNTIL.isoformat()}
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings):
    settings.AGENTSCOPE_EMBEDDED = True
    found = World()
    found.tell(history(), random.Random(1))
    return found


def test_it_works(world):
    body = world.json("advice", **PERIOD)
    (advice,) = body["advice"]
    assert (body["total"], body["truncated"], body["whole"]) == (1, False, True)
    assert (advice["path"], advice["model"], advice["work"]) == (
        "planner",
        "gpt-4o",
        "short_answer",
    )
    best = advice["best"]
    assert (best["model"], best["verdict"], best["try_calls"]) == ("gpt-4o-mini", "proven", 0)
    assert (best["now_usd"], best["then_usd"], best["saving_usd"]) == ("0.14", "0.0084", "0.1316")
    assert (body["proven_saving_usd"], body["try_saving_usd"]) == ("0.1316", "0")
    assert advice["outcome"]["rate"] == 1.0
    assert best["evidence"]["outcome"]["calls"] == 200


def test_the_calls_that_are_named_are_there(world):
    (advice,) = world.json("advice", **PERIOD)["advice"]
    (call,), (other,) = advice["calls"], advice["best"]["evidence"]["calls"]
    for place, model in ((call, "gpt-4o"), (other, "gpt-4o-mini")):
        span = world.json(f"traces/{place['trace_id']}/spans/{place['span_id']}")
        assert span["model"] == model


def test_the_answer_has_what_the_schema_says_and_nothing_else(world, schema):
    body = world.json("advice", **PERIOD)
    shape = {"$ref": "#/components/schemas/AdvicesShape", **closed(schema)}
    jsonschema.validate(body, shape)


def test_one_agents_own(world):
    assert world.json("advice", agent="critic", **PERIOD)["advice"] == []
    assert len(world.json("advice", agent="planner", **PERIOD)["advice"]) == 1


def test_a_table_says_the_same(world):
    (row,) = world.csv("advice", **PERIOD)
    assert (row["best_model"], row["saving_usd"], row["verdict"]) == (
        "gpt-4o-mini",
        "0.1316",
        "proven",
    )
    assert csv.field_size_limit() > len(row["reason"]) > 0


def test_a_project_sees_only_its_own(world):
    create_project("stranger")
    answer = world.client.get(PAGE, PERIOD, headers={"x-agentscope-project": "stranger"})
    assert answer.json()["advice"] == []


@pytest.mark.parametrize("said", [{"limit": "0"}, {"since": "noon"}, {"model": "gpt-4o"}])
def test_what_is_not_understood_is_refused(world, said):
    assert world.client.get(PAGE, said).status_code == 400


def test_as_many_questions_whatever_is_listed(world, django_assert_num_queries):
    world.json("advice", **PERIOD)
    with django_assert_num_queries(6):  # the project, three of the report, examples, settings
        world.json("advice", **PERIOD)


def test_a_budget_that_downgrades_suggests_what_is_proven(world):
    policy = {"soft": "downgrade"}
    budget(world.project, policy=policy)
    asked = {"path": "planner", "model": "gpt-4o", "estimated_tokens": 1_100, "estimated_usd": "1"}
    world.client.post(DECIDE, asked | {"estimated_usd": "9", "reserve": True}, JSON)
    answer = world.client.post(DECIDE, asked, JSON).json()
    assert (answer["decision"], answer["suggested_model"]) == ("downgrade", None)
    suggest(world.project.pk, UNTIL)
    answer = world.client.post(DECIDE, asked, JSON).json()
    assert (answer["decision"], answer["suggested_model"]) == ("downgrade", "gpt-4o-mini")
    look = world.client.get(CHECK, asked).json()
    assert look["suggested_model"] == "gpt-4o-mini"
    too_large = asked | {"estimated_tokens": 128_001}
    assert world.client.post(DECIDE, too_large, JSON).json()["suggested_model"] is None
