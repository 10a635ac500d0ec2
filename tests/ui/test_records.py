"""The list of decisions."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agentscope.projects.models import Member, Project
from agentscope.projects.roles import Role
from agentscope.records.models import Record
from agentscope.reviews.models import WITHDRAWN
from agentscope.reviews.write import review, set_two_persons
from tests.agentscope.reviews.decided import ANN, record
from tests.kit.hostile import CORPUS
from tests.ui.records import LIST, REFUND, page_of, record_of, told, words

ANSWERS = 'jsonb_path_query_array("decision_record"."body", '
PART = {"HX-Request": "true", "HX-Target": "decisions"}
pytestmark = pytest.mark.usefixtures("embedded")


def test_a_decision_is_a_sentence_whose_names_lead_on(client, project):
    found = record_of(project, **REFUND, rejected=2, rejected_pico=3_100_000_000)
    page = client.get(LIST).text
    assert (
        "refunder, for ann in session S, called refund after a yes by bob; "
        "2 alternatives rejected ($0.0031)" in words(page)
    )
    assert "1 decision, newest first" in page
    for address in (
        page_of(found),
        f"{LIST}?user=ann",
        "/p/shop/sessions/S/",
        f"{LIST}?effect=refund",
        f"{LIST}?person=bob",
    ):
        assert f'href="{address}"' in page


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "A run without an agent called no tool with effects"),
        ({"agent": "a", "session": "S"}, "a, in session S, called no tool with effects"),
        ({"agent": "a", "end_user": "u"}, "a, for u, called no tool with effects"),
        ({"agent": "a", "effects": list("xyz")}, "a called x, y and z"),
        ({"agent": "a", "effects": list("vwxyz")}, "a called v, w, x, y and 1 more"),
        ({"agent": "a", "outcome": "failed"}, "a failed"),
        ({"agent": "a", "effects": ["x"], "outcome": "failed"}, "a called x, and failed"),
        ({"agent": "a", "outcome": "waiting"}, "a waits for a person"),
        ({"agent": "a", "outcome": "running"}, "a goes on"),
        ({"agent": "a", "outcome": "stopped", "authority": "budget"}, "a was stopped"),
        ({"agent": "a", "outcome": "rejected"}, "a was turned down"),
        (
            {"agent": "a", "outcome": "rejected", **told(("bob", "rejected"), ("ann", "approved"))},
            "a was turned down by bob after a yes by ann",
        ),
        (
            {"agent": "a", "outcome": "rejected", **told(("bob", "approved"))},
            "a was turned down after a yes by bob",
        ),
        (
            {"agent": "a", "effects": ["x"], **told(("bob", "rejected"), ("ann", "changed"))},
            "a called x after a yes by ann and a no by bob",
        ),
        (
            {"agent": "a", "effects": ["x"], **told(("bob", "answered"), ("ann", "rejected"))},
            "a called x after a no by ann and an answer by bob",
        ),
        (
            {"agent": "a", "effects": ["x"], "authority": "approved", "outcome": "failed"},
            "a called x after an answer, and failed",
        ),
        ({"agent": "a", "authority": "policy"}, "a called no tool with effects after a check"),
        ({"agent": "a", "rejected": 1}, "a called no tool with effects; 1 alternative rejected"),
        (
            {"agent": "a", "rejected": 1, "rejected_pico": None, "rejected_unpriced": 1},
            "a called no tool with effects; 1 alternative rejected (cost unknown)",
        ),
    ],
)
def test_sentences(client, project, said, sentence):
    record_of(project, **said)
    [title] = client.get(LIST).text.split('<td class="title whole">')[1:]
    assert words(title.split("</td>")[0]) == sentence


@pytest.mark.parametrize(
    ("pico", "unpriced", "shown"),
    [(None, 2, "unknown"), (10**12, 0, "$1.00"), (10**12, 2, "≥ $1.00"), (0, 0, "$0")],
)
def test_unknown_costs_are_told_as_such(client, project, pico, unpriced, shown):
    record_of(project, pico=pico, unpriced=unpriced)
    assert f'data-label="Cost">{shown}</td>' in client.get(LIST).text


def test_the_address_filters(client, project):
    record_of(project, 1, agent="writer")
    record_of(project, 2, **REFUND, findings=["exact_repeat"], environment="prod")
    for said in (
        {"agent": "refunder"},
        {"effect": "refund"},
        {"person": "bob"},
        {"authority": "approved"},
        {"finding": "exact_repeat"},
        {"user": "ann"},
        {"session": "S"},
        {"environment": "prod"},
        {"trace": f"{2:032x}"},
        {"trace": "00000000-0000-0000-0000-000000000002"},
    ):
        page = client.get(LIST, said, headers=PART).text
        assert "1 decision matches, newest first" in page, said
        assert ">refunder</a>" in page
        assert f"{urlencode(said)}" in page or "trace" in said  # goes along to the export


def test_lately_is_a_filter(client, project):
    record_of(project, 1, agent="old")
    record_of(project, 2, agent="new", at=timezone.now() - timedelta(minutes=1))
    page = client.get(LIST, {"range": "1h"}, headers=PART).text
    assert "1 decision matches" in page
    assert ">new</a>" in page


def test_htmx_is_given_the_list_alone(client, project):
    record_of(project, **REFUND)
    part = client.get(LIST, headers=PART).text
    assert part.lstrip().startswith('<section id="decisions"')
    assert part.strip() in client.get(LIST).text


@pytest.mark.parametrize("said", [{"outcome": "moon"}, {"trace": "xyz"}, {"agent": "a\0b"}])
def test_what_cannot_be_understood_is_said_and_does_not_filter(client, project, said):
    record_of(project, **REFUND)
    page = client.get(LIST, said).text
    assert 'role="alert"' in page
    assert ">refunder</a>" in page


def test_without_decisions_it_says_what_to_do(client, project):
    page = client.get(LIST).text
    assert "No decisions yet" in page
    assert "gen_ai.agent.name" in page
    assert "Show all of them" in client.get(LIST, {"agent": "nobody"}).text


def test_pages_hold_each_once(client, project, monkeypatch):
    monkeypatch.setattr("ui.views.records.PAGE", 2)
    for number in (1, 2, 3):
        record_of(project, number, agent=f"agent {number}")
    first = client.get(LIST)
    assert "3 decisions: 2 shown, newest first" in first.text
    older = first.context["older"]
    second = client.get(older).text
    assert ">agent 1</a>" in second
    assert ">agent 2</a>" not in second
    assert f'href="{LIST}?"' in second  # the newest
    assert ">agent 3</a>" in client.get(LIST, {"after": "x"}).text


def test_the_same_list_for_machines_has_the_same_filters(client, project):
    record_of(project, **REFUND)
    page = client.get(LIST, {"agent": "refunder", "person": "bob"}).text
    asked = "project=shop&amp;agent=refunder&amp;person=bob"
    assert f'href="/api/v1/decisions?{asked}"' in page
    assert f'href="/api/v1/decisions?{asked}&amp;format=csv"' in page


def test_only_members_see_it(client, production, alice, charlie, project):
    found = record_of(project, **REFUND)
    for address in (LIST, page_of(found)):
        client.logout()
        assert client.get(address)["Location"].startswith("/login/")
        client.force_login(charlie)
        assert client.get(address).status_code == 404
        client.force_login(alice)
        assert client.get(address).status_code == 200


def test_nothing_of_another_project_is_there(client, project):
    other = Project.objects.create(name="other")
    theirs = record_of(other, **{**REFUND, "agent": "hidden planner"})
    assert "hidden planner" not in client.get(LIST).text
    assert client.get(page_of(theirs)).status_code == 404
    assert client.get(page_of(theirs).replace("/shop/", "/other/")).status_code == 200


@pytest.mark.parametrize("text", [each for each in CORPUS if "\0" not in each])
def test_hostile_names_are_text(client, project, text):
    record_of(
        project, agent=text, end_user=text, session=text, effects=[text], people=[text],
        findings=[text], version=text, path=text, environment=text,
    )  # fmt: skip
    page = client.get(LIST, {"agent": text})
    assert page.status_code == 200
    assert "<script>" not in page.text
    assert "<img" not in page.text
    assert 'href="javascript' not in page.text


def test_queries_do_not_grow_and_read_no_body_but_what_people_answered(client, project):
    counts = []
    for number in range(1, 11):
        record_of(project, number, **REFUND, findings=["exact_repeat"])
        with CaptureQueriesContext(connection) as asked:
            client.get(LIST)
        counts.append(len(asked))
        read = " ".join(each["sql"] for each in asked).replace(ANSWERS, "")
        assert '"body"' not in read
    assert len(set(counts)) == 1
    assert Record.objects.count() == 10


def test_how_a_decision_stands_in_review_is_shown_and_filtered_by(client, project):
    cases = [record(project.pk, number, agent=f"agent {number}") for number in range(1, 6)]
    set_two_persons(project.pk, ["refund"], "ann")
    cases[4] = record(project.pk, 5, agent="agent 5", effects=["refund"])
    review(cases[0], ANN, "approved", "")
    review(cases[1], ANN, "questioned", "why?")
    review(cases[2], ANN, "wrong", "no")
    review(cases[4], ANN, "approved", "")
    shown = [each.split("</td>")[0] for each in client.get(LIST).text.split('"Review">')[1:]]
    words = [re.sub(r"<[^>]*>", "", each).strip() for each in shown]
    assert sorted(words) == ["1 of 2 approved", "approved", "none", "questioned", "wrong"]
    for how, found in (
        ("none", [4]),
        ("approved", [1, 5]),
        ("questioned", [2]),
        ("wrong", [3]),
        ("second", [5]),
    ):
        page = client.get(LIST, {"review": how}, headers=PART).text
        assert [each for each in range(1, 6) if f">agent {each}<" in page] == found
        assert f"project=shop&amp;review={how}" in page
    review(cases[2], ANN, WITHDRAWN, "")
    assert "No decision matches" in client.get(LIST, {"review": "wrong"}).text


def test_who_may_not_see_reviews_sees_none_of_them(client, production, alice, project):
    review(record(project.pk), ANN, "wrong", "no")
    Member.objects.update(role=Role.VIEWER)
    client.force_login(alice)
    page = client.get(LIST, {"review": "none"}).text
    assert ">planner<" in page  # it does not filter
    assert "Review" not in page
    assert ">wrong<" not in page
