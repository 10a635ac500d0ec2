import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from agentscope.traces.models import Trace
from tests.ui.traces import save_trace, small_run
from ui.views import traces as page

LIST = "/p/shop/traces/"
HTMX = {"HX-Request": "true", "HX-Target": "traces"}

pytestmark = pytest.mark.usefixtures("embedded")


def row(project, name, **said) -> Trace:
    """A listed trace without spans."""
    at = said.pop("at", timezone.now())
    return Trace.objects.create(
        trace_id=uuid4(),
        project_id=project.pk,
        name=name,
        started_at=at,
        start_ns=int(at.timestamp() * 1e9),
        end_ns=int(at.timestamp() * 1e9) + 12_400_000_000,
        **{"spans": 20, "examined_at": at} | said,
    )


def names(response) -> list[str]:
    return re.findall(r'title="([^"]+)">\1</a>', response.text)


def test_newest_first_with_all_that_matters(client, project):
    row(project, "older", at=timezone.now() - timedelta(hours=1))
    row(
        project,
        "newer",
        agents=["planner", "writer"],
        errors=2,
        known_cost="0.1873",
        input_tokens=41_000,
        output_tokens=208,
        state="ended",
    )
    response = client.get(LIST)
    assert names(response) == ["newer", "older"]
    for said in (
        "planner, writer",
        '>2 <span class="unit">failed<',
        "$0.1873",
        "41,208",
        "12.4 s",
        "ended",
        "1 h ago",
    ):
        assert said in response.text


def test_unknown_costs_are_unknown(client, project):
    row(project, "a", unpriced_calls=2)
    row(project, "b", unpriced_calls=1, known_cost="0.5")
    text = client.get(LIST).text
    assert ">unknown</td>" in text
    assert "≥ $0.5000" in text


def test_a_trace_that_was_not_read_yet_has_no_figures_and_says_so(client, project):
    row(project, "", examined_at=None, examined_generation=-1, state="running")
    text = client.get(LIST).text
    assert "(not read yet)" in text
    assert text.count(">unknown<") == 4  # spans, errors, tokens, cost
    assert "$0" not in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=name~FUND", ["refund"]),
        ("q=cost>0.5+agent=planner", ["refund"]),
        ("agent=planner", ["refund"]),
        ("model=gpt-4o", ["refund"]),
        ("tool=search", ["refund"]),
        ("status=error", ["refund"]),
        ("status=ok", ["hello"]),
        ("state=ended", ["refund"]),
        ("session=s1", ["refund"]),
        ("min_cost=0.5", ["refund"]),
        ("range=1h", ["hello"]),
        ("finding=exact_repeat", []),
        ("agent=nobody", []),
        ("agent=planner&status=ok", []),
    ],
)
def test_filters(client, project, query, found):
    row(project, "hello", state="running")
    row(
        project,
        "refund",
        at=timezone.now() - timedelta(hours=2),
        agents=["planner"],
        tools=["search"],
        model_names=["gpt-4o"],
        errors=1,
        session="s1",
        known_cost="0.7",
        state="ended",
    )
    assert names(client.get(f"{LIST}?{query}")) == found


@pytest.mark.parametrize("length", [199, 200, 201])
def test_a_name_is_asked_for_as_a_whole_however_long_it_is(client, project, length):
    for number in (length, 240):
        row(project, "n" * number)
    assert names(client.get(LIST, {"q": f"name={'n' * length}"})) == ["n" * length]
    assert names(client.get(LIST, {"q": f"name in (x, {'n' * 240})"})) == ["n" * 240]


def test_no_match_differs_from_no_traces(client, project):
    assert "Send a first trace" in client.get(LIST).text
    assert "Send a first trace" not in client.get(f"{LIST}?q=x").text
    row(project, "hello")
    assert "No trace matches these filters" in client.get(f"{LIST}?q=x").text


@pytest.mark.parametrize(
    "query",
    ["min_cost=x", "range=x", "state=x", "q=%00", "agent=%00", "after=x", f"q={'x' * 300}"],
)
def test_nonsense_in_the_address_is_no_error(client, project, query):
    row(project, "hello")
    assert client.get(f"{LIST}?{query}").status_code == 200


def test_a_bad_filter_says_what_is_wrong(client, project):
    assert "Enter a number." in client.get(f"{LIST}?min_cost=x").text


def test_pages_go_on_where_the_last_one_ended(client, project, monkeypatch):
    monkeypatch.setattr(page, "PAGE", 2)
    for number in range(5):
        row(project, f"run {number}", at=timezone.now() - timedelta(minutes=number))
    seen, address = [], f"{LIST}?q=name~run"
    while address:
        response = client.get(address)
        assert "5 traces match" in response.text
        seen += names(response)
        older = re.search(r'rel="next"\s+href="([^"]+)"', response.text)
        address = older and older[1].replace("&amp;", "&")
    assert seen == [f"run {number}" for number in range(5)]


def test_the_first_page_asks_for_news_and_gets_204_until_there_are(client, project):
    row(project, "hello", at=timezone.now() - timedelta(hours=3))
    first = client.get(LIST)
    seen = re.search(r'"seen": "(\w+)"', first.text)[1]
    assert client.get(f"{LIST}?seen={seen}", headers=HTMX).status_code == 204
    row(project, "news")
    news = client.get(f"{LIST}?seen={seen}", headers=HTMX)
    assert names(news) == ["news", "hello"]
    assert "<html" not in news.text
    assert "seen=" not in re.search(r'hx-get="([^"]*)"', news.text)[1]


def test_a_restored_page_is_whole(client, project):
    headers = {**HTMX, "HX-History-Restore-Request": "true"}
    assert "<html" in client.get(LIST, headers=headers).text


def test_snippets_name_this_server_and_project(client, project):
    text = client.get(LIST, headers={"Host": "localhost:4999"}).text
    assert "http://localhost:4999/v1/traces" in text
    assert "x-agentscope-project" in text


def test_in_production_snippets_name_a_key(client, project, production, alice):
    client.force_login(alice)
    assert "Bearer" in client.get(LIST).text
    assert "manage.py create_key shop" in client.get(LIST).text


def test_seven_queries_whatever_the_size(client, project, django_assert_num_queries):
    for _ in range(30):
        row(project, "hello")
    # project, projects, names, count, page, findings, saved views
    with django_assert_num_queries(7):
        client.get(LIST)
    with django_assert_num_queries(9):  # traces to be counted, findings of them
        client.get(f"{LIST}?facets=1")


def test_saved_spans_make_a_row(client, project):
    save_trace(project, *small_run())
    assert names(client.get(LIST)) == ["planner"]
    assert UUID("0123456789abcdef0123456789abcdef").hex in client.get(LIST).text


def test_facets_write_large_numbers_as_all_pages_do(client, project):
    save_trace(project, *small_run(), agents=[f"agent-{number}" for number in range(1_500)])
    assert "1,492 more" in client.get(f"{LIST}?facets=1").text
