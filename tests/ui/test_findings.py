"""The pages of findings: the inbox, a cause, evidence; and where traces, sessions and agents show
them."""

import html
import re
from datetime import timedelta
from json import loads as json_of

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agentscope.costs.days import claim_day
from agentscope.findings.decisions import EXPECTED, NONE, RESOLVED, decide, state
from agentscope.findings.models import Cause, Finding, Threshold
from agentscope.pipeline import add_up_day, add_up_sessions
from agentscope.projects.models import Project
from tests.kit.changes import noted
from tests.kit.costs import uuid
from tests.kit.loops import loop, tell_loop
from ui.finding_words import ALIKE, MOST
from ui.views import findings as page

LIST = "/p/shop/findings/"
HOSTILE = "<script>alert(1)</script>\"'"

pytestmark = pytest.mark.usefixtures("embedded")


@pytest.fixture
def told(project):
    """scout repeats itself in two traces of a session, judge, who costs less, in another one."""
    tell_loop(
        project.pk,
        *loop(1, 6, session="s"),
        *loop(2, 4, session="s"),
        *loop(3, 3, name="judge", tool="fetch", usd="0.01"),
    )
    add_up_sessions()
    Cause.objects.exclude(code="exact_repeat").delete()
    Finding.objects.exclude(code="exact_repeat").delete()


@pytest.fixture
def cause(told):
    return Cause.objects.get(agent="scout")


@pytest.fixture
def address(cause):
    return reverse("cause", args=["shop", cause.fingerprint])


def trace_page(number: int) -> str:
    return reverse("trace", args=["shop", uuid(number)])


def listed(text: str) -> list[str]:
    """The agents of the listed causes, in their order."""
    return re.findall(r'<small class="muted">[^·<]*· (\w+)</small>', text)


def test_the_worst_first_with_all_that_matters(client, told):
    text = client.get(LIST).text
    assert listed(text) == ["scout", "judge"]
    assert "search was called with the same arguments 6 times" in text
    assert 'data-tone="bad">alert<' in text
    assert re.findall(r'aria-label="(In the last 14 days: [^"]+)"', text)
    assert "2 causes, the worst and newest first" in text
    assert re.search(r"<strong>[\d,]+ tokens, \$0\.\d+</strong> wasted", text)
    assert 'aria-current="page">Open <small>2</small>' in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("agent=judge", ["judge"]),
        ("severity=alert", ["scout"]),
        ("code=exact_repeat", ["scout", "judge"]),
        ("code=cycle", []),
        ("state=expected", []),
        ("state=all", ["scout", "judge"]),
        ("state=reopened", []),
        ("q=SEARCH+was", ["scout"]),
        ("q=fetch", ["judge"]),
        ("q=judg", ["judge"]),
        ("q=nothing+of+it", []),
        ("q=%25", []),
    ],
)
def test_filters(client, told, query, found):
    text = client.get(f"{LIST}?{query}").text
    assert listed(text) == found


def test_a_range_of_time_is_by_the_last_one(client, told):
    at = timezone.now() - timedelta(hours=2)
    Cause.objects.update(last_at=at)
    Finding.objects.update(last_at=at)
    assert listed(client.get(f"{LIST}?range=1h").text) == []
    text = client.get(f"{LIST}?range=24h").text
    assert listed(text) == ["scout", "judge"]
    assert "2 h ago" in text
    label = re.search(r'aria-label="In the last 14 days: ([^"]+)"', text)
    assert label
    assert sum(map(int, label[1].split(", "))) == 2


@pytest.mark.parametrize(
    "query", ["state=x", "severity=x", "range=x", "code=%00", "from=x", f"agent={'x' * 300}"]
)
def test_nonsense_in_the_address_is_no_error(client, told, query):
    assert client.get(f"{LIST}?{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "Nothing was found that is open"),
        ("state=expected", "Nothing is expected here yet"),
        ("state=resolved", "Nothing is resolved"),
        ("state=reopened", "Nothing came back"),
        ("state=all", "Nothing was found"),
        ("agent=x", "No finding matches these filters"),
    ],
)
def test_an_empty_list_says_what_would_be_there(client, project, query, says):
    assert says in client.get(f"{LIST}?{query}").text


def test_pages_join_without_gap_or_repetition(client, told, monkeypatch):
    monkeypatch.setattr(page, "PAGE", 1)
    first = client.get(LIST).text
    later = re.search(r'rel="next"\s+href="([^"]+)"', first)
    second = client.get(html.unescape(later[1])).text
    assert listed(first) + listed(second) == ["scout", "judge"]
    assert 'rel="next"' not in second


def test_news_come_only_if_there_are_any(client, told, project):
    seen = re.search(r'"seen": "(\w+)"', client.get(LIST).text)
    assert seen
    asked = {"hx-request": "true", "hx-target": "causes"}
    address = f"{LIST}?seen={seen[1]}"
    assert client.get(address, headers=asked).status_code == 204
    tell_loop(project.pk, *loop(9))
    text = client.get(address, headers=asked).text
    assert "<html" not in text
    assert 'id="states"' in text
    assert listed(text) == ["scout", "judge"]
    assert seen[1] not in text


def test_queries_do_not_grow_and_read_no_payload(client, told, project):
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    tell_loop(project.pk, *(each for n in range(10, 18) for each in loop(n, 3, tool=f"tool {n}")))
    with CaptureQueriesContext(connection) as lots:
        client.get(LIST)
    assert len(lots) == len(few) <= 6  # project, projects, codes, causes, states, trends
    assert not [query for query in lots.captured_queries if "span_payload" in query["sql"]]


def test_a_cause_leads_to_its_traces(client, cause, address):
    text = client.get(address).text
    assert f'{trace_page(1)}?span={3:016x}"' in text
    assert f'{trace_page(2)}?span={3:016x}"' in text
    assert "It is fine if" in text
    assert "2 times <small>in 2 traces" in text
    assert 'href="/p/shop/agents/scout/' in text


def test_queries_of_a_cause_do_not_grow_and_read_no_payload(client, cause, address, project):
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    tell_loop(project.pk, *(each for n in range(10, 14) for each in loop(n, 5)))
    with CaptureQueriesContext(connection) as lots:
        assert "6 times <small>in 6 traces" in client.get(address).text
    # project, projects, cause, findings, its days, thresholds, decisions, policies
    assert len(lots) == len(few) == 8
    assert not [query for query in lots.captured_queries if "span_payload" in query["sql"]]


def test_expected_here_and_taking_it_back(client, cause, address):
    answer = client.post(address, {"decision": "expected", "note": "it waits"})
    assert answer["Location"] == address
    assert listed(client.get(LIST).text) == ["judge"]
    text = client.get(f"{LIST}?state=expected").text
    assert listed(text) == ["scout"]
    assert "expected here, said somebody" in text
    text = client.get(address).text
    assert "it waits" in text
    assert "Open again" in text
    client.post(address, {"decision": "open"})
    assert listed(client.get(LIST).text) == ["scout", "judge"]
    said = [change.what for change in noted()]
    assert said == [
        "exact_repeat of search is expected here.",
        "exact_repeat of search is open again.",
    ]
    assert "is open again." in client.get("/p/shop/audit/ledger/").text


def test_what_was_resolved_comes_back(client, cause, address, project):
    client.post(address, {"decision": "resolved"})
    assert listed(client.get(LIST).text) == ["judge"]
    tell_loop(project.pk, *loop(9))
    text = client.get(LIST).text
    assert "scout" in listed(text)
    assert ">reopened<" in text
    assert "Reopened <small>1</small>" in text
    assert listed(client.get(f"{LIST}?state=reopened").text) == ["scout"]


def test_what_it_costs_by_the_hour(client, told, project):
    tell_loop(project.pk, *loop(5, 6, name="planner", gap=600, usd="1"))
    row = re.search(r"<tr>(?:(?!</tr>).)*planner.*?</tr>", client.get(LIST).text, re.DOTALL)
    assert row
    assert re.findall(r'<td class="number less"\s*>(\$[\d.]+)</td>', row[0]) == ["$6.00"]


def test_an_empty_inbox_says_what_is_looked_for(client, project):
    text = client.get(LIST).text
    assert "cycle</a>" in text
    Threshold.objects.create(project_id=project.pk, code="cycle", inform=3, alert=6, enabled=False)
    assert "cycle</a> (off)" in client.get(LIST).text


def test_a_finding_says_when_it_is_fine_and_where_thresholds_are_set(client, cause, address):
    Threshold.objects.create(project_id=cause.project_id, code=cause.code, inform=2, alert=40)
    for page_of in (trace_page(1), address):
        text = client.get(page_of).text
        assert "It is fine if" in text
        assert re.search(r"Confidence \d\d%", text)
        assert re.search(r"detector version \d", text)
        assert "informs from 2, alerts from 40, set by this project" in text
        assert 'href="/p/shop/settings/detectors/#exact_repeat"' in text
    assert '<tr id="exact_repeat"' in client.get("/p/shop/settings/detectors/").text


def test_who_said_that_it_is_expected_and_why(client, cause, address):
    client.post(address, {"decision": "expected", "note": "it waits", "trace": uuid(1).hex})
    text = client.get(trace_page(1)).text
    assert re.search(r"expected here, said somebody <time [^>]+>[^<]+</time>: it waits", text)


def test_the_panel_leads_from_step_to_step(client, told):
    text = client.get(f"{trace_page(1)}?span={5:016x}").text
    steps = text.split("A step of")[1].split("</section>")[0]
    assert "step 2 of 6" in steps
    found = re.findall(r'<a href="\?span=(\w+)">([^<]+)</a>', steps)
    places = {"First": 3, "Step before": 3, "Next step": 7, "Last": 13}
    assert {words: int(span, 16) for span, words in found} == places


@pytest.mark.parametrize(
    "said", [{}, {"decision": "x"}, {"decision": "expected", "note": "x" * 2000}]
)
def test_a_decision_that_cannot_be_says_why(client, cause, address, said):
    answer = client.post(address, said)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert state(Cause.objects.get(pk=cause.pk)) == "open"


def test_from_the_page_of_a_trace_and_back(client, cause, address):
    said = {"decision": "expected", "trace": uuid(1).hex}
    assert client.post(address, said)["Location"] == f"{trace_page(1)}#findings"
    assert client.post(address, said | {"trace": "//elsewhere.example"}).status_code == 200


def test_a_trace_shows_its_findings_before_the_tree(client, told):
    text = client.get(trace_page(1)).text
    top, tree = text.split('id="tree"')
    assert f'<a href="?span={3:016x}">search was called with the same arguments 6 times' in top
    assert f'<a href="?span={13:016x}">Last</a>' in top
    assert "60 tokens, $0.4" in top
    assert "an hour" in top
    assert "6 in findings" in tree
    (fold,) = set(re.findall(r"toggle=(r\d-[0-9a-f]+)", tree))
    tree = client.get(trace_page(1), {"open": fold}).text.split('id="tree"')[1]
    assert f"exact repeat {chr(215)} 6</span>" in tree
    assert re.findall(r">exact repeat (\d[^<]*)</span>", tree) == ["2", "3", "4", "5", "6, last"]
    assert tree.count("data-found") == 6 + 1


def test_the_page_of_a_trace_reads_few_findings_whole(client, told):
    one = Finding.objects.filter(trace_id=uuid(1)).values().get()

    def asked(causes: int) -> list[str]:
        for number in range(causes):
            row = one | {"fingerprint": uuid(10**6 + number), "sentence": f"said {number}"}
            Finding.objects.get_or_create(**row)
        with CaptureQueriesContext(connection) as found:
            text = client.get(trace_page(1)).text
        assert len(re.findall(r'<li data-tone="', text)) == min(causes + 1, ALIKE + MOST)
        return [query["sql"] for query in found]

    few, lots = asked(2), asked(200)
    assert len(few) == len(lots) <= 11
    (whole,) = [sql for sql in lots if '"finding"."evidence"' in sql]
    assert whole.count("::uuid") == ALIKE + MOST + 1, "and the trace"
    assert not any("span_payload" in sql for sql in lots)


def test_what_is_expected_is_folded_away_and_not_gone(client, cause, project):
    decide(project.pk, cause.fingerprint, EXPECTED, "ann")
    text = client.get(trace_page(1)).text
    folded = text[text.index("<summary>1 expected here") : text.index('id="tree"')]
    assert "search was called with the same arguments 6 times" in folded
    assert "Open again" in folded
    assert 'class="pill" data-tone="bad"' not in text.split('id="tree"')[1]
    decide(project.pk, cause.fingerprint, NONE, "ann")
    assert "<summary>1 expected here" not in client.get(trace_page(1)).text


def test_the_list_of_traces_counts_what_stands(client, told, project):
    def shown() -> list[str]:
        text = client.get("/p/shop/traces/").text
        return sorted(re.findall(r'aria-label="1 finding, the worst: (\w+)">1<', text))

    assert shown() == ["alert", "warning", "warning"]
    cause = Cause.objects.get(agent="scout")
    decide(project.pk, cause.fingerprint, EXPECTED, "ann")
    assert shown() == ["warning"]
    decide(project.pk, cause.fingerprint, RESOLVED, "ann")
    assert shown() == ["warning"]
    decide(project.pk, cause.fingerprint, NONE, "ann")
    assert len(shown()) == 3


def test_the_panel_says_what_its_span_is_a_step_of(client, told):
    assert "A step of" in client.get(f"{trace_page(1)}?span={5:016x}").text
    assert "A step of" not in client.get(f"{trace_page(1)}?span={4:016x}").text


def test_a_trace_without_findings_says_so(client, project):
    tell_loop(project.pk, *loop(1, 2))
    text = client.get(trace_page(1)).text
    assert re.search(r"<dt>Findings</dt>\s*<dd>\s*none", text)


def evidence(number: int, cause: Cause) -> str:
    return reverse("evidence", args=["shop", uuid(number), cause.fingerprint, f"{3:016x}"])


def test_the_first_and_the_last_repeat_side_by_side(client, cause):
    text = client.get(evidence(1, cause)).text
    assert text.count("&quot;q&quot;: &quot;rain&quot;") == 2
    assert text.count("nothing new") == 2
    assert "Arguments · the same" in text
    assert f'?span={3:016x}">' in text
    assert f'?span={13:016x}">' in text
    part = client.get(evidence(1, cause), headers={"hx-request": "true"}).text
    assert "<html" not in part
    assert part.count("nothing new") == 2


def test_evidence_reads_the_payload_of_two_spans(client, cause):
    with CaptureQueriesContext(connection) as asked:
        client.get(evidence(1, cause))
    read = [each for each in asked.captured_queries if 'FROM "span_payload"' in each["sql"]]
    assert len(read) == 2


@pytest.mark.parametrize("span", ["x", f"{4:016x}", "f" * 16])
def test_evidence_that_is_not_there(client, cause, span):
    here = reverse("evidence", args=["shop", uuid(1), cause.fingerprint, span])
    assert client.get(here).status_code == 404


def test_sessions_and_agents_show_what_was_found(client, told):
    session = client.get("/p/shop/sessions/s/").text
    assert session.count("search was called with the same arguments") == 2
    agent = client.get("/p/shop/agents/scout/?range=all").text
    assert "search was called with the same arguments" in agent
    assert "agent=scout" in agent
    assert "fetch was called" not in agent


def test_hostile_text_is_text(client, project):
    tell_loop(
        project.pk,
        *loop(1, 6, name=HOSTILE, tool=HOSTILE, session="s", results=[HOSTILE] * 6),
    )
    add_up_sessions()
    cause = Cause.objects.get(code="exact_repeat")
    decide(project.pk, cause.fingerprint, RESOLVED, HOSTILE, HOSTILE)
    here = reverse("cause", args=["shop", cause.fingerprint])
    for address in (
        f"{LIST}?state=all&agent={HOSTILE}",
        f"{LIST}?state=all",
        here,
        trace_page(1),
        evidence(1, cause),
        "/p/shop/sessions/s/",
    ):
        text = client.get(address).text
        assert "alert(1)" in text, address
        assert "<script>" not in text, address


def test_what_is_of_another_project_is_not_found(client, cause, address):
    Project.objects.create(name="other")
    for here in (address, evidence(1, cause)):
        assert client.get(here.replace("/shop/", "/other/")).status_code == 404
    assert (
        client.post(address.replace("/shop/", "/other/"), {"decision": "expected"}).status_code
        == 404
    )
    assert state(Cause.objects.get(pk=cause.pk)) == "open"


def test_the_same_for_machines_is_linked(client, told):
    (csv, json, events) = [
        html.unescape(link) for link in re.findall(r'href="(/api/[^"]+)"', client.get(LIST).text)
    ]
    assert client.get(csv, headers={"host": "localhost"}).status_code == 200
    assert client.get(json, headers={"host": "localhost"}).json()["total"] == 2
    lines = client.get(events, headers={"host": "localhost"}).getvalue().splitlines()
    assert {json_of(line)["class_uid"] for line in lines} == {2004}
    asked = client.get(f"{LIST}?agent=judge&state=all").text
    links = [html.unescape(link) for link in re.findall(r'href="(/api/[^"]+)"', asked)]
    assert len(links) == 3
    assert all("agent=judge" in link and "state=all" in link for link in links)


def marks(client, name: str) -> list[str]:
    """The pills of a list that say how many findings there are."""
    text = client.get(reverse(name, args=["shop"])).text
    return re.findall(r"(\d+)<span class=\"unit\"> finding", text)


def test_lists_are_marked_by_what_nobody_has_decided_about(client, project, told, cause):
    while (day := claim_day()) is not None:
        add_up_day(day)
    assert [marks(client, name) for name in ("sessions", "agents")] == [["2"], ["1", "1"]]
    assert sorted(marks(client, "traces")) == ["1", "1", "1"]
    decide(project.pk, cause.fingerprint, EXPECTED, "ann")
    assert [marks(client, name) for name in ("sessions", "agents", "traces")] == [[], ["1"], ["1"]]
