"""What transcript, graph and costs of a run have in common: its panel, its marks, its news."""

import re

import pytest

from agentscope.traces.models import Trace
from agentscope.vocabulary import Kind
from tests.kit.costs import agent, call, span, tell, uuid

SECOND = 10**9
TRACE = f"/p/shop/traces/{uuid(1).hex}/"
VIEWS = ("transcript", "graph", "costs")
pytestmark = [pytest.mark.usefixtures("embedded"), pytest.mark.parametrize("view", VIEWS)]


def part(target):
    return {"HX-Request": "true", "HX-Target": target}


@pytest.fixture
def run(project):
    """A lead, who calls a model and a tool, and a scout, who calls a model."""
    tool = {"kind": Kind.TOOL, "tool": "search", "name": "search"}
    tell(
        project.pk,
        agent(1, 1, "lead"),
        call(1, 2, 1, "0.25", name="chat", after=SECOND),
        span(1, 3, 1, 2 * SECOND, **tool),
        agent(1, 4, "scout", 1, after=3 * SECOND),
        call(1, 5, 4, "0.5", name="chat", after=4 * SECOND),
    )
    Trace.objects.update(state=Trace.State.RUNNING)


def marked(text):
    """The marks of what is drawn as selected."""
    return set(re.findall(r'data-spot="([^"]+)"[^>]*aria-current="true"', " ".join(text.split())))


@pytest.mark.parametrize("number", range(1, 6))
def test_every_span_has_its_place_and_the_panel_tells_which(client, run, view, number):
    address = f"{TRACE}{view}/?span={number:016x}"
    page = client.get(address).text
    panel = client.get(address, headers=part("panel")).text
    spots = re.search(r'data-spots="([^"]+)"', panel)[1].split()
    assert marked(page)
    assert marked(page) <= set(spots)
    assert f'data-span="{number:016x}"' in panel
    assert f'data-span="{number:016x}"' in page
    assert panel.lstrip().startswith("<aside")
    current = re.search(r'href="([^"?]+)[^"]*"\s+aria-current="page"', panel)
    assert current[1] == f"{TRACE}{view}/", "the tabs come along, and this view is the current one"


def test_without_a_selected_span_nothing_is_marked(client, run, view):
    page = client.get(f"{TRACE}{view}/").text
    assert not marked(page)
    assert "data-shown" not in page
    assert 'aria-label="Selected span"' in page


def test_a_span_that_is_not_here_is_said(client, run, view):
    assert "This span is not here" in client.get(f"{TRACE}{view}/?span={99:016x}").text


def test_what_is_selected_leaves_the_view_as_it_is(client, run, view):
    said = {"transcript": "agent=lead", "graph": "most=1", "costs": "measure=tokens"}[view]
    page = client.get(f"{TRACE}{view}/?{said}&span={1:016x}&seen=1").text
    links = re.findall(r'data-select[^>]*href="([^"]+)"|href="([^"]+)"[^>]* data-select', page)
    assert links
    assert all(f"?{said}&amp;span=" in (one or other) for one, other in links)


def test_news_are_the_view_without_the_panel_and_nothing_if_there_are_none(client, run, view):
    address = f"{TRACE}{view}/"
    page = client.get(address).text
    assert 'hx-trigger="every 2s"' in page
    seen = re.search(r'"seen": "([\w-]+)"', page)[1]
    assert client.get(address, {"seen": seen}, headers=part("view")).status_code == 204
    news = client.get(address, {"seen": "0-0-idle", "span": f"{1:016x}"}, headers=part("view")).text
    assert 'id="view"' in news
    assert "Selected span" not in news
    assert marked(news)


def test_a_run_that_is_over_asks_for_nothing(client, run, view):
    Trace.objects.update(state=Trace.State.ENDED)
    assert "data-live" not in client.get(f"{TRACE}{view}/").text


def test_of_another_project_nothing_is_shown(client, run, view):
    for target in ("", "panel", "view"):
        address = f"/p/other/traces/{uuid(1).hex}/{view}/"
        assert client.get(address, headers=part(target)).status_code == 404
