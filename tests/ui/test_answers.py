"""What was answered: the list with its filters, one answer, and the ways from a run and back."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from time import time_ns

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agentscope.budgets.deciding import decide
from agentscope.budgets.models import Answer, Lift, Otherwise, Stop, ToolHour
from agentscope.budgets.question import Question
from agentscope.budgets.write import stop
from agentscope.findings.models import Finding
from agentscope.projects.models import Project
from tests.kit.changes import noted, the_change
from tests.kit.costs import uuid
from tests.kit.hostile import CORPUS
from tests.ui.test_budgets import PAGE, ask, budget, spend
from ui.answer_words import stood_line

ANSWERS, STOPS, OTHERWISE = f"{PAGE}answers/", f"{PAGE}stops/", f"{PAGE}otherwise/"
TRACE = f"/p/shop/traces/{uuid(1).hex}/"
GO_ON = f"{TRACE}go-on/"
CODE = "exact_repeat"


def asked(project: Project, **said) -> str:
    return decide(project, Question(trace=uuid(1), **said), time_ns()).verdict.decision.word


def stopped_by_a_finding(project: Project) -> Finding:
    """A run of which a budget minds a finding."""
    budget(project, policy={"findings": [CODE]})
    spend(project, "ada", "1")
    numbers = ("period", "tokens", "unpriced_calls", "first_ns", "last_ns", "confidence")
    texts = ("subject", "legitimate", "agent", "path", "session")
    return Finding.objects.create(
        project_id=project.pk, trace_id=uuid(1), fingerprint=uuid(77), first_span=1, last_span=2,
        code=CODE, version=1, severity=2, sentence="search was called 4 times", repeats=4,
        known_cost=0, last_at=timezone.now(), span_ids=[], **dict.fromkeys(numbers, 0),
        **dict.fromkeys(texts, ""),
    )  # fmt: skip


def test_nobody_has_asked_yet(client, embedded, project):
    page = client.get(ANSWERS).text
    assert "Nobody has asked in the last 24 hours" in page
    assert f"{ANSWERS}?range=90d" in page
    assert "No answer matches" in client.get(ANSWERS, {"agent": "x"}).text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({}, {"ada", "bob"}),
        ({"decision": "stop"}, {"ada"}),
        ({"decision": "allow"}, {"bob"}),
        ({"agent": "bob"}, {"bob"}),
        ({"session": "s1"}, {"ada"}),
        ({"trace": uuid(1).hex}, {"ada"}),
        ({"trace": str(uuid(1))}, {"ada"}),
        ({"range": "15m"}, {"ada", "bob"}),
        ({"decision": "stop", "agent": "bob"}, set()),
    ],
)
def test_answers_are_filtered(client, embedded, project, said, shown):
    budget(project)
    spend(project, "ada", "11")
    assert asked(project, agent="ada", session="s1") == "stop"
    assert ask(project, "bob") == "allow"
    page = client.get(ANSWERS, said).text
    assert {name for name in ("ada", "bob") if f"<small>agent</small> {name}" in page} == shown


def test_the_same_list_is_there_for_machines(client, embedded, project):
    budget(project)
    spend(project, "ada", "11")
    ask(project, "ada")
    ask(project, "bob")
    page = client.get(ANSWERS, {"agent": "ada", "range": "7d"}).text
    csv, plain = (
        html.unescape(re.search(rf'href="([^"]+)"[^>]*>{words}<', page)[1])
        for words in ("CSV", "JSON")
    )
    told = client.get(plain).json()["answers"]
    assert [(each["agent"], each["decision"]) for each in told] == [("ada", "stop")]
    lines = b"".join(client.get(csv)).decode().splitlines()
    assert len(lines) == 2
    assert "ada" in lines[1]


def test_answers_of_a_budget_are_shown_even_once_it_is_deleted(client, embedded, project):
    kept = budget(project)
    spend(project, "ada", "11")
    ask(project, "ada")
    ask(project, "bob")
    number = kept.pk
    page = client.get(ANSWERS, {"budget": str(number)}).text
    assert f'<option value="{number}" selected>daily' in page
    assert "<small>agent</small> ada" in page
    kept.delete()
    page = client.get(ANSWERS, {"budget": str(number)}).text
    assert f'<option value="{number}" selected>budget {number}, deleted' in page
    assert "<small>agent</small> ada" in page
    (first, *_) = Answer.objects.order_by("-pk")
    assert "deleted since" in client.get(f"{ANSWERS}{first.pk}/").text


def test_what_is_older_than_asked_is_not_shown(client, embedded, project):
    ask(project, "ada")
    Answer.objects.update(at=timezone.now() - timedelta(days=2))
    assert "Nobody has asked" in client.get(ANSWERS).text
    assert "<small>agent</small> ada" in client.get(ANSWERS, {"range": "7d"}).text


@pytest.mark.parametrize(
    "said",
    [
        {"trace": "x"},
        {"decision": "moon"},
        {"budget": "x"},
        {"budget": "9" * 40},
        {"range": "1y"},
        {"agent": "a" * 2000},
        {"session": "\0"},
    ],
)
def test_what_cannot_be_understood_is_said_and_filters_nothing(client, embedded, project, said):
    ask(project, "ada")
    page = client.get(ANSWERS, said)
    assert page.status_code == 200
    assert 'role="alert"' in page.text
    assert "<small>agent</small> ada" in page.text


def test_pages_of_answers_hold_each_once(client, embedded, project, monkeypatch):
    monkeypatch.setattr("ui.views.answers.PAGE", 2)
    for name in ("ada", "bob", "cleo"):
        ask(project, name)
    first = client.get(ANSWERS).text
    after = Answer.objects.get(agent="bob").pk
    assert f"?after={after}" in first
    second = client.get(ANSWERS, {"after": after}).text
    assert "<small>agent</small> ada" in second
    assert "<small>agent</small> bob" not in second
    assert "The newest" in second


def test_an_answer_tells_what_it_was_decided_on(client, embedded, project):
    kept = budget(project)
    spend(project, "ada", "11")
    asked(project, agent="ada", tokens=1200)
    answer = Answer.objects.get()
    page = client.get(f"{ANSWERS}{answer.pk}/").text
    assert "are spent. Nothing is left." in page
    assert "$11.00" in page
    assert "1,200 tokens" in page
    assert f'href="{PAGE}{kept.pk}/"' in page
    assert f'href="{TRACE}"' in page
    assert f'href="{PAGE}{kept.pk}/lift/?group=ada"' in page


def test_what_had_no_price_is_told_as_such(client, embedded, project):
    budget(project)
    spend(project, "ada", None, model="unheard-of")
    ask(project, "ada")
    page = client.get(f"{ANSWERS}{Answer.objects.get().pk}/").text
    assert "1 call without a price not in it" in page


def test_from_a_run_to_the_answer_that_stopped_it_and_back(client, embedded, project):
    budget(project)
    spend(project, "ada", "11")
    assert "Told to stop" not in client.get(TRACE).text
    asked(project, agent="ada")
    answer = Answer.objects.get()
    page = client.get(TRACE).text
    assert "Told to stop" in page
    assert f'href="{ANSWERS}{answer.pk}/"' in page
    assert f'href="{TRACE}"' in client.get(f"{ANSWERS}{answer.pk}/").text


def test_a_run_says_who_stopped_it(client, embedded, project):
    spend(project, "ada", "1")
    stop(project.pk, "trace", uuid(1).hex, "bob", "it writes to everybody")
    page = client.get(TRACE).text
    assert "Stopped by hand" in page
    assert "it writes to everybody" in page
    assert f'href="{TRACE}"' in client.get(STOPS).text


def test_a_run_goes_on_in_spite_of_its_findings(client, production, alice, project):
    client.force_login(alice)
    finding = stopped_by_a_finding(project)
    assert asked(project, agent="ada") == "stop"
    answer = Answer.objects.get()
    assert f'href="{GO_ON}"' in client.get(TRACE).text
    page = client.get(f"{ANSWERS}{answer.pk}/").text
    assert f'href="{GO_ON}"' in page
    assert f"/p/shop/findings/{finding.fingerprint.hex}/" in page
    assert 'role="alert"' in client.post(GO_ON, {"hours": "4", "why": " "}).text
    assert client.post(GO_ON, {"hours": "4", "why": "it is a test"})["Location"] == TRACE
    lift = Lift.objects.get()
    assert (lift.who, lift.trace, lift.why) == ("alice", uuid(1), "it is a test")
    assert asked(project, agent="ada") == "warn"
    page = client.get(TRACE).text
    assert "Goes on in spite of findings" in page
    assert f'href="{GO_ON}"' not in page
    assert any(change.who == "alice" and "lifted" in change.what for change in noted())


def test_a_finding_that_stops_nobody_is_not_let_go_on(client, embedded, project):
    finding = stopped_by_a_finding(project)
    Finding.objects.filter(fingerprint=finding.fingerprint).update(code="slow_step", severity=1)
    assert GO_ON not in client.get(TRACE).text


def test_what_holds_without_a_budget(client, production, alice, project):
    client.force_login(alice)
    assert ask(project, "ada") == "allow"
    answer = client.post(OTHERWISE, {"decision": "stop", "fail": "closed"})
    assert answer["Location"] == f"{OTHERWISE}?saved=1"
    kept = Otherwise.objects.get()
    assert (kept.project_id, kept.decision, kept.fail) == (project.pk, "stop", "closed")
    assert ask(project, "ada") == "stop"
    page = client.get(answer["Location"]).text
    assert '<option value="closed" selected>' in page
    assert "Saved" in page
    assert the_change().who == "alice"


@pytest.mark.parametrize("said", [{}, {"decision": "moon", "fail": "open"}, {"decision": "stop"}])
def test_what_holds_without_a_budget_is_one_of_few(client, embedded, project, said):
    assert 'role="alert"' in client.post(OTHERWISE, said).text
    assert not Otherwise.objects.exists()


def hour(project: Project, tool: str, calls: int, failures: int, permanent: bool = False, ago=1):
    ToolHour.objects.create(
        project_id=project.pk, tool=tool, calls=calls, failures=failures, permanent=permanent,
        as_of_ns=time_ns() - ago * 10**9,
    )  # fmt: skip


def test_tools_that_fail_stand_where_stops_are(client, embedded, project):
    hour(project, "refund", 7, 7, permanent=True)
    hour(project, "search", 10, 1)
    hour(project, "calm", 10, 0)
    hour(project, "of yesterday", 7, 7, ago=86_400)
    other = Project.objects.create(name="other")
    hour(other, "secret", 7, 7)
    page = " ".join(client.get(STOPS).text.split())
    assert "It has failed in 7 of 7 calls, for good: trying again cannot help." in page
    assert "It has failed in 1 of 10 calls." in page
    assert page.count("Calls of it are stopped") == 1
    assert not [each for each in ("calm", "of yesterday", "secret") if each in page]


ADDRESSES = ["answers/", "answers/{}/", "otherwise/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_members_see_it(client, production, alice, charlie, project, address):
    ask(project, "ada")
    address = PAGE + address.format(Answer.objects.get().pk)
    assert client.get(address)["Location"].startswith("/login/")
    client.force_login(charlie)
    assert client.get(address).status_code == 404
    client.force_login(alice)
    assert client.get(address).status_code == 200


def test_nothing_of_another_project_is_there(client, embedded, project):
    other = Project.objects.create(name="other")
    ask(other, "secret")
    assert "secret" not in client.get(ANSWERS).text
    for number in (Answer.objects.get().pk, 10**18, 10**30):
        assert client.get(f"{ANSWERS}{number}/").status_code == 404
    spend(other, "ada", "1")
    assert client.get(GO_ON).status_code == 404
    assert client.post(GO_ON, {"hours": "4", "why": "x"}).status_code == 404
    assert not Lift.objects.exists()


@pytest.mark.parametrize("address", [OTHERWISE, GO_ON])
def test_forms_are_safe_from_other_sites(embedded, project, address):
    spend(project, "ada", "1")
    assert Client(enforce_csrf_checks=True).post(address, {}).status_code == 403


@pytest.mark.parametrize("text", [each for each in CORPUS if "\0" not in each])
def test_hostile_names_are_text(client, embedded, project, text):
    said = {"reason": text, "suggested_model": text, "not_told": [text], "fail": text}
    said["budgets"] = [{"budget": {"id": 1, "name": text}, "group": text, "spent": text}]
    said |= {"finding": {"link": text, "trace": text, "sentence": text}}
    said["circuit"] = {"state": text, "sentence": text}
    made = Answer.objects.create(
        project_id=project.pk, at=timezone.now(), decision="stop", trace=uuid(1), agent=text,
        asked={"agent": text, "session": text}, said=said,
    )  # fmt: skip
    hour(project, text or "x", 7, 7)
    Stop.objects.create(project_id=project.pk, of="agent", name=text, who=text, why=text)
    for address in (ANSWERS, f"{ANSWERS}{made.pk}/", STOPS):
        page = client.get(address)
        assert page.status_code == 200
        assert "<script>" not in page.text
        assert "<img" not in page.text


@pytest.mark.parametrize("address", [ANSWERS, STOPS, f"{ANSWERS}{{}}/"])
def test_the_number_of_queries_does_not_grow(client, embedded, project, address):
    counts = []
    for round_ in range(2):
        for number in range(1 + 9 * round_):
            budget(project, name=f"{round_} {number}")
            ask(project, f"agent {number}")
            hour(project, f"{round_} {number}", 7, 7)
        address = address.format(Answer.objects.first().pk)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
        assert not any("payload" in each["sql"] for each in queries)
    assert counts[0] == counts[1] <= 8


@pytest.mark.parametrize(("spent", "words"), [("0", "unknown"), ("1.5", "≥ $1.50")])
def test_what_is_known_in_part_is_told_as_such(spent, words):
    said = {"unit": "usd", "spent": spent, "unpriced_calls": 2, "as_of": "2026-11-26T12:00:00Z"}
    line = stood_line(said, None)
    assert (line.spent, line.unpriced) == (words, "2 calls without a price not in it")
    assert line.as_of == datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_a_session_that_looks_like_a_run_keeps_its_name():
    group = str(uuid(1))
    assert stood_line({"group": group}, uuid(2)).group == group
    assert stood_line({"group": group}, uuid(1)).group == uuid(1).hex
