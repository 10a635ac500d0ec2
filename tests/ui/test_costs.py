"""The costs pages: the numbers are those of the core, and every link leads where it says."""

import html
import re
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.costs.read import Amounts
from agentscope.projects.models import Project
from agentscope.vocabulary import Kind
from tests.kit.costs import DAY_NS, agent, call, span, tell, trace_id
from ui.cost_rows import difference

COSTS = "/p/shop/costs/"
DAY = {"since": "2026-11-25", "until": "2026-11-26"}
HTMX = {"HX-Request": "true", "HX-Target": "costs"}

pytestmark = pytest.mark.usefixtures("embedded")


@pytest.fixture
def told(project):
    """A planner with a searcher, a day later a writer, and a model without a price."""
    tell(
        project.pk,
        agent(1, 1, "planner", session="s1", outcome="success"),
        call(1, 2, 1, "0.5"),
        span(1, 3, 1, kind=Kind.TOOL, tool="search"),
        agent(1, 4, "searcher", 3),
        call(1, 5, 4, "0.25", model="mini"),
        agent(2, 1, "writer", after=DAY_NS),
        call(2, 2, 1, after=DAY_NS, model="no-such-model"),
    )
    return project


def rows(response) -> dict[str, str]:
    """The first words of each row of the table → its cost."""
    body = response.text.split("<tbody>")[-1].split("</tbody>")[0]
    found = {}
    for row in body.split("</tr>")[:-1]:
        cells = [re.sub(r"<[^>]+>|\s+", " ", cell).strip() for cell in row.split("<td")[1:]]
        name, cost = (cell.split(">", 1)[-1].strip() for cell in cells[:2])
        found[re.sub(r"\s+calls$", "", name).strip()] = cost
    return found


def test_groups_with_what_is_unknown_said(client, told):
    response = client.get(COSTS, DAY | {"by": "agent"})
    assert rows(response) == {"planner": "$0.5000", "searcher": "$0.2500", "writer": "unknown"}
    assert "≥ $0.7500" in response.text
    assert "1 charge" in response.text.split("Of unknown cost")[1][:80]


@pytest.mark.parametrize(
    "by", "path tool model provider service environment session user outcome".split()
)
def test_by_every_dimension_the_parts_add_up(client, told, by: str):
    response = client.get(COSTS, DAY | {"by": by})
    known = [Decimal(c.strip("≥ $")) for c in rows(response).values() if c != "unknown" and c]
    assert sum(known) == Decimal("0.75")


def test_a_group_leads_to_its_parts_and_its_calls(client, told):
    page = client.get(COSTS, DAY | {"by": "agent"}).text
    into = next(link for link in links(page) if "agent=planner" in link and "view" not in link)
    assert parse_qs(urlsplit(into).query)["by"] == ["path"]
    assert rows(client.get(into)) == {"planner": "$0.5000"}
    single = client.get(next(at for at in links(page) if "agent=planner" in at and "view" in at))
    assert f"/traces/{UUID(bytes=trace_id(1)).hex}/?span=0000000000000002" in single.text
    assert "searcher" not in single.text.split("<tbody>")[-1]


def test_a_filter_can_be_removed(client, told):
    page = client.get(COSTS, DAY | {"by": "model", "agent": "planner"}).text
    chip = re.search(r'class="chip"\s+href="([^"]+)"', page)
    assert chip
    assert "agent=planner" not in chip[1]


def test_what_changed_most_is_said_if_there_was_anything_before(client, told):
    words = "What changed most"
    assert words not in client.get(COSTS, DAY | {"by": "agent"}).text
    after = {"since": "2026-11-26", "until": "2026-11-26", "by": "agent"}
    text = client.get(COSTS, after).text.split(words)[1]
    planner = text.split("<tr>")[2]
    assert re.findall(r'<td class="number">([^<]+)</td>', planner) == [
        "$0.5000",
        "$0",
        "\N{MINUS SIGN}$0.5000 (\N{MINUS SIGN}100 %)",
    ]
    assert "agent=planner" in planner


def test_calls_are_listed_by_what_they_cost_unless_people_want_the_newest(client, told):
    page = client.get(COSTS, {"since": "2026-11-25", "until": "2026-11-27", "view": "calls"}).text
    assert re.findall(r'aria-current="true">([^<]+first[^<]*)<', page) == ["dearest first"]
    table = page.split("<tbody>")[-1]
    costs = re.findall(r'<td class="number">(\$[\d.]+|unknown)</td>', table)
    assert costs == ["$0.5000", "$0.2500", "unknown"]
    assert "show=dearest" in re.search(r'href="(/api/v1/costs/calls[^"]+)"', page)[1]
    every = re.search(r'href="([^"]+)">everything, newest first', page)[1]
    assert "$0</td>" in client.get(html.unescape(every)).text


def test_a_path_leads_to_its_calls(client, told):
    page = client.get(COSTS, DAY | {"view": "paths"}).text
    row = re.search(r'href="([^"]+)"\s+title="The calls of planner/searcher"', page)
    assert row
    calls = client.get(html.unescape(row[1])).text
    assert "span=0000000000000005" in calls
    assert "span=0000000000000002" not in calls


def test_paths_own_and_inclusive(client, told):
    page = client.get(COSTS, DAY | {"view": "paths"}).text
    assert rows(client.get(COSTS, DAY | {"view": "paths"}))["searcher"] == "$0.2500"
    assert 'title="planner: $0.7500, 2 calls, 30 tokens"' in page
    zoomed = client.get(next(link for link in links(page) if "within=planner" in link)).text
    assert "writer" not in zoomed.split("<tbody>")[-1]


def test_the_costs_of_a_trace_are_those_of_the_trace(client, told):
    response = client.get(f"/p/shop/traces/{UUID(bytes=trace_id(1)).hex}/costs/")
    assert '<dd title="$0.75">' in re.sub(r"\s+", " ", response.text)
    assert rows(response) == {"planner": "$0.5000", "searcher": "$0.2500"}


def test_the_same_calls_on_another_model(client, told):
    asked = DAY | {"view": "what-if", "on": "openai/gpt-4o"}
    found = client.get(COSTS, asked).text
    # 10 in at $2.50 and 5 out at $10 a million tokens: $0.000075 a call
    assert "On openai/gpt-4o" in found
    assert "&lt; $0.0001" in found
    vague = client.get(COSTS, asked | {"on": "gpt-4o"}).text
    assert "openai/gpt-4o" in vague
    assert "has no model with" in client.get(COSTS, asked | {"on": "gpt-99/zzz"}).text


def test_models_that_were_used_are_what_to_compare_with(client, told):
    found = client.get(COSTS, DAY | {"view": "what-if"}).text
    assert re.findall(r'class="chip"\s+href="[^"]*"[^>]*>([^<]+)', found) == ["openai/gpt-4o"]


def test_what_cannot_be_understood_is_said(client, told):
    page = client.get(COSTS, {"range": "dates", "since": "2026-11-27", "until": "2026-11-25"}).text
    assert "ends before it begins" in page
    assert "Select a valid choice" in client.get(COSTS, {"by": "moon"}).text


def test_an_empty_period_says_so(client, project):
    assert "Nothing was spent here" in client.get(COSTS).text


def test_another_project_sees_nothing(client, told):
    Project.objects.create(name="other")
    assert "Nothing was spent here" in client.get("/p/other/costs/", DAY).text
    trace = UUID(bytes=trace_id(1)).hex
    assert client.get(f"/p/other/traces/{trace}/costs/").status_code == 404
    assert client.get("/p/nobody/costs/").status_code == 404


def test_hostile_names_are_text(client, project):
    evil = "<script>alert(1)</script>"
    tell(project.pk, agent(1, 1, evil), call(1, 2, 1, "0.5", model=evil))
    for view in ("groups", "paths", "calls", "what-if"):
        for by in ("agent", "model"):
            page = client.get(COSTS, DAY | {"by": by, "view": view, "on": evil}).text
            assert "<script>alert" not in page


@pytest.mark.parametrize("view", ["groups", "paths", "calls"])
def test_few_queries_and_no_payload(client, told, view: str):
    client.get(COSTS, DAY)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        client.get(COSTS, DAY | {"view": view}, headers=HTMX)
    statements = [query["sql"] for query in seen]
    assert len(statements) <= 24
    assert not any("span_payload" in sql for sql in statements)


def test_htmx_gets_the_part(client, told):
    part = client.get(COSTS, DAY, headers=HTMX).text
    assert part.lstrip().startswith("<section")


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        ("3", "2", "+$1.00 (+50 %)"),
        ("1", "2", "\N{MINUS SIGN}$1.00 (\N{MINUS SIGN}50 %)"),
        ("2", "2", "±$0 (±0 %)"),
    ],
)
def test_a_difference_in_words(now: str, before: str, said: str):
    assert difference(Amounts(known_cost=Decimal(now)), Amounts(known_cost=Decimal(before))) == said


def test_what_was_not_there_before_is_new():
    assert difference(Amounts(calls=1), Amounts()) == "new"


def links(page: str) -> list[str]:
    """All addresses of a page, as a browser would follow them."""
    return [at.replace("&amp;", "&") for at in re.findall(r'href="([^"]+)"', page)]
