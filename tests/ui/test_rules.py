"""The rules of alerts: the list, and the editor with its preview."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.alerts.models import Rule
from agentscope.projects.models import Project
from agentscope.retention.write import set_periods
from agentscope.search.saved import save_view
from tests.kit.costs import NOON_TIME, call, tell
from tests.ui.alerting import alert_of, channel_of, rule_of
from ui.views import rules as views

PAGE = "/p/shop/alerts/rules/"
NEW = f"{PAGE}new/"
SAID = {
    "name": "dear session",
    "metric": "cost",
    "each": "session",
    "window_kind": "rolling",
    "window_number": "24",
    "window_unit": "3600",
    "condition_kind": "at_least",
    "threshold": "2.50",
    "enabled": "on",
}


def one(rule: Rule) -> str:
    return f"{PAGE}{rule.pk}/"


def test_the_list_says_what_each_rule_does(client, embedded, project):
    assert "No rule yet" in client.get(PAGE).text
    rule = rule_of(project)
    rule.channels.add(channel_of(project))
    alert_of(rule)
    text = client.get(PAGE).text
    assert "Cost of each session in the last day" in text
    assert "at $2.00" in text
    assert ">hook</a>" in text


def test_the_list_names_the_filter_of_a_rule(client, embedded, project):
    rule_of(project, metric="runs", each="", filter="agent=planner")
    said = "Runs of the project in the last day, in runs that match agent=planner"
    assert said in client.get(PAGE).text


def test_of_time_without_data_no_window_is_asked_or_told(client, embedded, project):
    silent = SAID | {"metric": "silence", "each": "", "threshold": "600"}
    client.post(NEW, silent | {"window_kind": "month", "window_number": "?"})
    assert Rule.objects.get().window == {"kind": "rolling", "seconds": 86_400}
    assert re.search(r"Time without data of the project\s*<", client.get(PAGE).text)
    more = {"condition_kind": "burn_rate", "limit": "600", "times": "2"}
    text = client.post(NEW, silent | more).text
    assert "Time without data does not add up: it reaches a threshold." in text
    assert Rule.objects.count() == 1


def test_saved_views_are_offered_as_filters(client, embedded, project):
    assert "Saved views are offered" not in client.get(NEW).text
    for name, query in (
        ("<b>bad", "range=7d&status=error&agent=a+b&columns=cost"),
        ("of steps", "q=hello"),
        ("lately", "range=1h"),
    ):
        save_view(project.pk, name, query, "ada")
    text = client.get(NEW).text
    offered = re.search(r'<datalist id="saved-views">(.*?)</datalist>', text, re.DOTALL)[1]
    option = '<option value="status=error&amp;agent=a+b">&lt;b&gt;bad</option>'
    assert offered.strip() == option
    assert "Saved views are offered" in text
    assert re.search(r'<input[^>]*name="filter"[^>]*list="saved-views"', text)


def test_the_list_takes_as_many_queries_however_long_it_is(client, embedded, project):
    def queries() -> int:
        with CaptureQueriesContext(connection) as taken:
            client.get(PAGE)
        return len(taken)

    rule_of(project).channels.add(channel_of(project))
    few = queries()
    for number in range(10):
        alert_of(rule_of(project, name=f"rule {number}"))
    assert queries() == few <= 5


def test_a_rule_is_made_as_it_is_said(client, embedded, project):
    assert client.get(NEW).status_code == 200
    channel = channel_of(project)
    said = SAID | {"only_agent": "planner", "hold": "5", "remind": "60", "severity": "warning"}
    answer = client.post(NEW, said | {"channels": [channel.pk]})
    assert answer["Location"] == f"{PAGE}?saved=1"
    rule = Rule.objects.get()
    assert rule.window == {"kind": "rolling", "seconds": 86_400}
    assert rule.condition == {"kind": "at_least", "threshold": "2.50"}
    assert (rule.only, rule.each) == ({"agent": "planner"}, "session")
    assert (rule.hold, rule.remind, rule.severity) == (300, 3600, "warning")
    assert list(rule.channels.all()) == [channel]


CONDITIONS = [
    ("times_usual", {"times": "3", "floor": "1"}, {"times": "3", "floor": "1"}),
    (
        "times_usual",
        {"times": "3", "floor": "1", "fallback": "1,000"},
        {"times": "3", "floor": "1", "fallback": "1000"},
    ),
    ("gone_within", {"limit": "100", "seconds": "40"}, {"limit": "100", "seconds": 2400}),
]


@pytest.mark.parametrize(("kind", "said", "kept"), CONDITIONS)
def test_conditions_are_kept_and_shown_again(client, embedded, project, kind, said, kept):
    client.post(NEW, SAID | {"condition_kind": kind, **said})
    rule = Rule.objects.get()
    assert rule.condition == {"kind": kind, **kept}
    text = client.get(one(rule)).text
    for name, value in said.items():
        shown = re.search(rf'<input[^>]*name="{name}"[^>]*>', text)[0]
        assert f'value="{value.replace(",", "")}"' in shown


def test_a_budget_burns_in_a_calendar_window(client, embedded, project):
    said = SAID | {"condition_kind": "burn_rate", "limit": "100", "times": "2"}
    assert "How quickly a budget burns" in client.post(NEW, said).text
    client.post(NEW, said | {"window_kind": "month"})
    assert Rule.objects.get().window == {"kind": "calendar", "unit": "month"}


def test_shares_are_said_in_percent(client, embedded, project):
    client.post(NEW, SAID | {"metric": "error_rate", "threshold": "12.5"})
    rule = Rule.objects.get()
    assert rule.condition["threshold"] == "0.125"
    text = client.get(one(rule)).text
    assert 'value="12.5"' in re.search(r'<input[^>]*name="threshold"[^>]*>', text)[0]
    assert re.search(r'id="unit-threshold"\s*>%</small>', text)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "A name has 1 to 100"),
        ({"name": "a/b"}, "no slash"),
        ({"threshold": ""}, "A number is missing"),
        ({"threshold": "two"}, "“two” is no number"),
        ({"threshold": "-1"}, "not above 0"),
        ({"threshold": "0"}, "not above 0"),
        ({"threshold": "NaN"}, "not above 0"),
        ({"threshold": "1e999999"}, "not above 0"),
        ({"window_number": "0"}, "is not from 60"),
        ({"window_number": "1e30"}, "not a whole number of seconds"),
        ({"window_number": "9e999999"}, "not a whole number of seconds"),
        ({"threshold": "2,50"}, "as in 2.50"),
        ({"window_kind": "whole", "each": "agent"}, "Only a run or a session"),
        ({"window_number": "800"}, "stored for 30 (AGENTSCOPE_RETENTION_DAYS): look at less time"),
        ({"filter": "nonsense=1"}, "no filter of the list"),
        ({"only_trace": "x"}, "32 hex digits"),
        ({"metric": "nonsense"}, "Select a valid choice"),
        ({"channels": ["1"]}, "Select a valid choice"),
        ({"hold": "soon"}, "“soon” is no number"),
        ({"remind": "0.5"}, "is not from 60"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(client, embedded, project, wrong, words):
    answer = client.post(NEW, SAID | wrong)
    assert answer.status_code == 200
    assert re.search(rf'role="alert">[^<]*{re.escape(words)}', answer.text)
    assert not Rule.objects.exists()
    preview = client.post(NEW, SAID | wrong, headers={"HX-Request": "true", "HX-Target": "preview"})
    assert preview.status_code == 200
    assert "<html" not in preview.text


def test_of_findings_alone_a_kind_is_asked(client, embedded, project):
    client.post(NEW, SAID | {"of": "alert"})
    assert Rule.objects.get().of == ""
    client.post(NEW, SAID | {"of": "alert", "metric": "findings", "name": "found"})
    assert Rule.objects.get(name="found").of == "alert"


def test_a_rule_is_changed_and_deleted(client, embedded, project):
    rule = rule_of(project)
    client.post(one(rule), SAID | {"name": "renamed", "enabled": ""})
    rule.refresh_from_db()
    assert (rule.name, rule.enabled) == ("renamed", False)
    assert ">off<" in client.get(PAGE).text
    assert client.post(f"{one(rule)}remove/").status_code == 302
    assert not Rule.objects.exists()


def test_rules_of_a_budget_are_shown_alone(client, embedded, project):
    rule = rule_of(project)
    Rule.objects.update(budget=7)
    text = client.get(one(rule)).text
    assert "A budget keeps this rule" in text
    assert ">Save<" not in text
    assert "change the budget" in client.post(one(rule), SAID).text
    assert "delete the budget" in client.post(f"{one(rule)}remove/").text
    assert Rule.objects.get().condition == rule.condition


def test_foreign_rules_and_strangers(client, embedded, project):
    other = rule_of(Project.objects.create(name="other"))
    assert client.get(one(other)).status_code == 404
    assert client.post(one(other), SAID).status_code == 404
    assert client.post(f"{one(other)}remove/").status_code == 404
    assert client.get(f"{one(other)}remove/").status_code == 405
    foreign = channel_of(Project.objects.get(name="other"))
    answer = client.post(NEW, SAID | {"channels": [foreign.pk]})
    assert "Select a valid choice" in answer.text


def test_nothing_is_saved_by_a_preview(client, embedded, project):
    text = client.post(NEW, SAID | {"preview": "1"}).text
    assert "It would have fired 0 times in the last 30 days." in text
    assert not Rule.objects.exists()


@pytest.fixture
def dear(project, monkeypatch):
    """A session that cost $3 an hour ago."""
    at = NOON_TIME + timedelta(hours=1)
    monkeypatch.setattr(views, "time_ns", lambda: int(at.timestamp()) * 10**9)
    tell(project.pk, call(1, 1, 0, "3", session="s-1"))
    return at


def test_the_preview_draws_what_was_and_what_it_would_have_done(client, embedded, dear):
    text = client.post(NEW, SAID | {"preview": "1"}).text
    assert "It would have fired 1 time in the last 30 days." in text
    assert "s-1 (1 time)." in text
    assert re.search(r'<polyline data-line="value"\s+points="[\d., ]+"', text)
    assert re.search(r'<polyline data-line="threshold"\s+points="[\d., ]+"', text)
    assert "The highest value was $3.00, compared with $2.50." in text
    assert re.search(r"<td>yes</td>", text)


def test_htmx_is_sent_the_preview_and_the_units_alone(client, embedded, dear):
    asks = {"HX-Request": "true", "HX-Target": "preview"}
    text = client.post(NEW, SAID | {"metric": "tokens", "threshold": "10"}, headers=asks).text
    assert text.lstrip().startswith("<section")
    assert re.search(r'id="unit-threshold"\s+hx-swap-oob="true">tokens<', text)
    assert "It would have fired 1 time" in text
    assert "15 tokens" in text
    assert not Rule.objects.exists()


def test_what_a_project_does_not_keep_is_said_of_a_rule(client, embedded, project):
    told = "This project keeps runs for 7 days, and this looks at those of 10 days"
    window = {"kind": "rolling", "seconds": 10 * 86_400}
    rule = rule_of(project, metric="runs", each="", filter="agent=planner", window=window)
    assert told not in client.get(PAGE).text + client.get(one(rule)).text
    set_periods(project.pk, 7, 7, "ada")
    assert told in client.get(PAGE).text
    assert told in client.get(one(rule)).text
    asked = SAID | {"metric": "runs", "each": "", "threshold": "1", "filter": "agent=planner"}
    asked |= {"window_number": "10", "window_unit": "86400", "preview": "1"}
    assert told in client.post(NEW, asked).text
