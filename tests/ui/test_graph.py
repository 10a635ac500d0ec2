"""The page of the graph of a trace."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.graph.graph import CALLS
from agentscope.graph.places import Key
from agentscope.projects.models import Project
from agentscope.vocabulary import ErrorClass, Kind, Status
from tests.kit.costs import agent, call, span, tell, uuid

SECOND = 10**9
PAGE = f"/p/shop/traces/{uuid(1).hex}/graph/"
HOSTILE = "<script>alert(1)</script>\"'"

pytestmark = pytest.mark.usefixtures("embedded")


def use(number, parent, tool="search", **said):
    return span(1, number, parent, number * SECOND, kind=Kind.TOOL, tool=tool, name=tool, **said)


def team(searches=3):
    """A lead that calls a scout, who searches; one search fails."""
    failed = {"status": Status.ERROR, "error_class": ErrorClass.TIMEOUT}
    return [
        agent(1, 1, "lead"),
        call(1, 2, 1, "0.25"),
        agent(1, 3, "scout", 1),
        call(1, 4, 3, "0.5"),
        *(use(number, 3) for number in range(5, 4 + searches)),
        use(4 + searches, 3, **failed),
    ]


def edge(kind="tool", path="", name="search", source=("agent", "lead/scout", "scout"), how=CALLS):
    return f"{Key(*source).id}.{Key(kind, path, name).id}.{how}"


def text_of(client, address=PAGE) -> str:
    return html.unescape(" ".join(client.get(address).text.split()))


def pictures(text: str) -> list[str]:
    """The pictures for wide and narrow screens."""
    found = [each.split("</svg>")[0] for each in text.split('<svg class="graph"')[1:]]
    assert len(found) == 2
    return found


def test_agents_and_tools_with_what_led_from_one_to_another(client, project):
    tell(project.pk, *team())
    text = text_of(client)
    assert "2 agents and 1 tool, 2 ways from one to another" in text
    assert "scout → search (calls it): 3 times, $0 with all below, 1 failed" in text
    assert "lead → scout (runs it inside): 1 time, $0.5000 with all below, 1 failed" in text
    for picture in pictures(text):
        assert picture.count('<a class="node"') == 2
        assert picture.count('<a class="way"') == 1
        assert picture.count('<a class="call"') == 1, "a tool is a line in the box that calls it"
    assert 'title="$0.75"' in text, "the sum of all is what the trace cost"


def test_the_spans_behind_a_way(client, project):
    tell(project.pk, *team(60))
    text = text_of(client, f"{PAGE}?edge={edge()}")
    behind = text.split('id="edge"')[1].split("</section>")[0]
    assert behind.count(" data-select ") == 50
    later = re.search(r'rel="next" href="([^"]+)"', behind)
    assert later
    rest = text_of(client, later[1].split("#")[0]).split('id="edge"')[1].split("</section>")[0]
    assert rest.count(" data-select ") == 10


def test_a_way_that_is_not_there(client, project):
    tell(project.pk, *team())
    assert "There is no such way in this graph any more." in text_of(client, f"{PAGE}?edge=x.y.z")


def test_the_selected_span_goes_along_and_its_node_is_marked(client, project):
    tell(project.pk, *team())
    text = text_of(client, f"{PAGE}?span={5:016x}")
    views = text.split('aria-label="Views of this run"')[1].split("</nav>")[0]
    assert views.count(f"?span={5:016x}") == 5
    assert 'aria-current="page">Graph' in views
    for picture in pictures(text):
        marked = re.findall(r'<a [^>]*aria-current="true"[^>]*><title>([^:]+)', picture)
        assert marked == ["scout → search (calls it)"]


def test_an_agent_is_marked_by_what_belongs_to_it(client, project):
    tell(project.pk, *team())
    text = text_of(client, f"{PAGE}?span={2:016x}")
    marked = re.findall(r'<a class="node"[^>]*aria-current="true"[^>]*><title>([^:]+)', text)
    assert marked == ["lead", "lead"], "the call of a model, in both pictures"
    assert 'data-spots="' in text


def test_a_tool_among_others_is_marked_where_it_is_counted(client, project):
    tools = [use(number, 1, f"tool {number}") for number in range(2, 12)]
    inside = call(1, 20, 11, "0.1")
    tell(project.pk, agent(1, 1, "lead"), *tools, inside)
    text = text_of(client, f"{PAGE}?span={20:016x}")
    assert "lead → 7 more tools: 7 ×" in text
    marked = re.findall(r'<a class="call"[^>]*aria-current="true"[^>]*><title>([^:]+)', text)
    assert marked == ["lead → tool 11 (calls it)"] * 2, "it costs most, so it has a line"
    text = text_of(client, f"{PAGE}?span={10:016x}")
    marked = re.findall(r'<a class="call"[^>]*aria-current="true"[^>]*><title>([^:]+)', text)
    assert marked == ["lead → 7 more tools"] * 2


def test_what_is_one_line_opens(client, project):
    tell(project.pk, agent(1, 1, "lead"), *(use(n, 1, f"tool {n}") for n in range(2, 12)))
    link = re.search(r'<a class="call"[^>]*href="([^"]+)" data-several', text_of(client))
    assert link
    opened = text_of(client, link[1])
    assert "more tools" not in opened
    assert pictures(opened)[0].count('<a class="call"') == 10


def test_what_is_left_over_says_how_much_it_is(client, project):
    agents = [agent(1, number, f"a{number}", 1) for number in range(2, 40)]
    calls = [call(1, 100 + number, number, "0.5") for number in range(2, 40)]
    tell(project.pk, agent(1, 1, "lead"), *agents, *calls)
    text = text_of(client)
    shown = re.search(r"; (\d+) agents one by one, those that cost most", text)
    assert shown
    assert f"{39 - int(shown[1])} more agents" in text
    more = re.search(r'href="([^"]+)">Show more one by one', text)
    assert more
    assert "more agents" not in text_of(client, more[1])


def test_the_page_is_small_at_any_size(client, project):
    agents = [agent(1, number, f"agent {number}", 1) for number in range(2, 62)]
    tools = [use(1000 + n, n % 60 + 2, f"a tool with a long name, number {n}") for n in range(400)]
    tell(project.pk, agent(1, 1, "lead"), *agents, *tools)
    assert len(client.get(PAGE).content) < 150_000


def test_what_the_tables_leave_out_is_in_the_export(client, project):
    tools = [use(number, 1, f"tool {number}") for number in range(2, 302)]
    outer = [use(1000 + at, 2 + at, f"inner {at}") for at in range(300)]
    tell(project.pk, agent(1, 1, "lead"), *tools, *outer)
    text = text_of(client, f"{PAGE}?most=24&open={Key('agent', 'lead', 'lead').id}")
    assert "more: the JSON above has all of them." in text
    link = re.search(r'href="(/api/v1/traces/[^"]*)"[^>]*>JSON', text)
    assert link
    found = client.get(link[1]).json()
    assert len(found["nodes"]) == 1 + 300 + 300
    assert len(found["edges"]) == 300 + 300


def test_circles_are_said(client, project):
    names = "abab"
    agents = [span(1, n + 1, 0, n * SECOND, kind=Kind.AGENT, agent=names[n]) for n in range(4)]
    tell(project.pk, *agents)
    assert "a, b lead to each other in a circle: it went back 1 time." in text_of(client)


def test_nothing_to_draw(client, project):
    tell(project.pk, span(1, 1))
    assert "No agent and no tool is known" in text_of(client)


@pytest.mark.parametrize(
    "query",
    ["open=x", "open=&most=3", "most=x", "most=0", "most=99999999999", "edge=&from=9", "span=x"],
)
def test_nonsense_in_the_address_is_no_error(client, project, query):
    tell(project.pk, *team())
    assert client.get(f"{PAGE}?{query}").status_code == 200


def test_the_number_of_queries_does_not_grow(client, project):
    counts = []
    for searches in (2, 40):
        tell(project.pk, *team(searches))
        client.get(PAGE)
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(f"{PAGE}?edge={edge()}")
        assert not [query for query in found if "span_payload" in query["sql"]]
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_hostile_names_are_text(client, project):
    tell(project.pk, agent(1, 1, HOSTILE), use(2, 1, HOSTILE), use(3, 1, HOSTILE))
    for address in (PAGE, f"{PAGE}?edge={edge(name=HOSTILE, source=('agent', HOSTILE, HOSTILE))}"):
        assert "<script>alert" not in client.get(address).text


def test_a_trace_of_another_project(client, project):
    tell(Project.objects.create(name="other").pk, *team())
    assert client.get(PAGE).status_code == 404
