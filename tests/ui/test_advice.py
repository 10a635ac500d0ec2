"""The page of cheaper models: both models side by side, and links to the calls themselves."""

import random
import re
from urllib.parse import quote

import pytest

from agentscope.projects.write import create_project
from agentscope.routing.record import Record, percent
from tests.kit.routing import history, run
from tests.kit.world import World
from ui.advice_words import between, flaws

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("embedded")]


@pytest.fixture
def world(embedded):
    found = World()
    critic = run(3, "gpt-5", 40, agent="<b>critic</b>", **{"gen_ai.usage.output_tokens": 9})
    found.tell([*history(), *critic], random.Random(1))
    return found


def test_it_works(world):
    text = world.page("costs/cheaper/")
    assert "Saves $0.1316 of $0.1400." in text
    assert "200 such calls on gpt-4o-mini went well in 100 %" in text
    assert "proven here" in text
    assert "98.1 to 100 %" in text  # Wilson's interval of 200 of 200


def test_without_evidence_it_is_to_be_tried(world):
    text = world.page("costs/cheaper/")
    assert "No evidence here: try gpt-5-mini on 73 calls." in text
    assert "&lt;b&gt;critic&lt;/b&gt;" in text
    assert "<b>critic" not in text


def test_the_calls_are_linked(world):
    links = re.findall(r'href="(/p/[^"]+\?span=[0-9a-f]{16})"', world.page("costs/cheaper/"))
    assert len(links) == 3  # both sides of what is proven, one of what is to be tried
    for link in links:
        assert world.client.get(link).status_code == 200


def test_one_agents_own(world):
    text = world.page("costs/cheaper/", agent="planner")
    assert "gpt-4o-mini" in text
    assert "gpt-5-mini" not in text


def test_nothing_to_advise(world):
    assert "Nothing to advise" in world.page("costs/cheaper/", agent="nobody")


def test_the_costs_lead_there(world):
    address = f"/p/{quote(world.project.name)}/costs/cheaper/"
    assert address in world.page("costs/")


def test_a_project_sees_only_its_own(world):
    create_project("stranger")
    text = world.client.get("/p/stranger/costs/cheaper/").text
    assert "Nothing to advise" in text
    assert "gpt-4o" not in text


def test_as_many_questions_whatever_is_shown(world, django_assert_max_num_queries):
    world.page("costs/cheaper/")
    with django_assert_max_num_queries(8):
        world.page("costs/cheaper/")


def test_shares_are_rounded_so_that_none_looks_better_than_it_is():
    assert percent(0.9999) == "99.9 %"
    assert percent(1.0) == "100 %"
    assert percent(0.29) == "29 %"
    assert between(Record(100, 10)) == "82.5 to 94.5 %"


def test_what_went_wrong_in_words():
    assert flaws(Record(10, 3, failed=2, cut=1)) == "2 failed, 1 cut at the limit of tokens"
    assert flaws(Record(10)) == ""
