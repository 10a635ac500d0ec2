"""Settings > Storage: periods, legal holds, erasures."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agentscope.erasure.models import Erasure
from agentscope.jobs.models import Job
from agentscope.projects.models import Member
from agentscope.projects.roles import Role
from agentscope.projects.write import create_project
from agentscope.retention.disk import ROOM, Disk
from agentscope.retention.models import Hold, Periods
from agentscope.retention.read import kept_of
from agentscope.retention.write import hold
from agentscope.storage.measure import measure
from agentscope.storage.models import DiskDay, Stored
from agentscope.traces.models import Trace
from tests.kit.changes import noted
from tests.kit.costs import agent, call, settle, store, uuid
from tests.kit.jobs import end_jobs

pytestmark = pytest.mark.django_db
NASTY = "<b>ann</b>"


@pytest.fixture
def told(project):
    """A trace of a user with an odd name."""
    store(project.pk, agent(1, 1, "planner", session="s-1"), call(1, 2, 1, "0.5", user=NASTY))
    settle()
    return project


@pytest.fixture
def client():
    return Client(headers={"host": "localhost"})


@pytest.fixture(autouse=True)
def without_login(request):
    """Where a test does not say otherwise."""
    if "production" not in request.fixturenames:
        request.getfixturevalue("embedded")


def long_ago(days):
    return timezone.now() - timedelta(days=days)


def shown(client, name, *parts, **asked):
    return client.get(reverse(name, args=["shop", *parts]), asked).content.decode()


def sent(client, name, *parts, **said):
    return client.post(reverse(name, args=["shop", *parts]), said)


def test_periods_are_set_and_told_in_words(client, project, settings):
    settings.AGENTSCOPE_RETENTION_DAYS = 30
    assert "Now payload goes after 30 days, and the rest of a trace after 30 days." in " ".join(
        shown(client, "storage").split()
    )
    page = sent(client, "storage", payload_days="7", metadata_days="").content.decode()
    assert "Payload would go after 7 days" in " ".join(page.split())
    assert 'name="seen" value="7/"' in page
    assert not Periods.objects.exists()
    answer = sent(client, "storage", payload_days="7", metadata_days="", seen="7/")
    assert answer.status_code == 302
    assert kept_of(project.pk).payload == 7
    assert "payload goes after 7 days" in " ".join(shown(client, "storage").split())


def test_what_would_go_is_shown_before_it_is_saved(client, told, settings):
    settings.AGENTSCOPE_RETENTION_DAYS = 0
    store(told.pk, agent(2, 1, "planner"), call(2, 2, 1), agent(3, 1, "planner"))
    settle()
    Trace.objects.update(started_at=long_ago(20), end_ns=long_ago(20).timestamp() * 10**9)
    hold(told.pk, uuid(3), "a lawsuit", "ada")
    page = " ".join(sent(client, "storage", metadata_days="10").content.decode().split())
    assert "2 traces with 4 spans would go as a whole" in page
    assert "1 trace would stay, as it is on legal hold" in page
    assert "how many bytes that is is unknown" in page
    measure()
    page = sent(client, "storage", payload_days="10").content.decode()
    page = " ".join(page.split())
    assert "what was said in 2 traces with 4 spans would go" in page
    assert re.search(r"that is about [\d.]+ [kM]B", page)
    page = sent(client, "storage", payload_days="21").content.decode()
    assert "nothing would go" in page
    assert not Periods.objects.exists()


def test_other_periods_than_those_that_were_shown_are_shown_first(client, project):
    page = sent(client, "storage", payload_days="6", seen="7/").content.decode()
    assert 'name="seen" value="6/"' in page
    assert not Periods.objects.exists()


def test_what_is_stored_is_told_as_it_was_measured(client, told, monkeypatch, settings):
    settings.AGENTSCOPE_MIN_FREE_BYTES = 10**9
    monkeypatch.setattr("agentscope.storage.measure.disk", lambda: Disk(2 * 10**9, 10**10))
    # However much room tests before it left in tables, all rows are looked at.
    monkeypatch.setattr("agentscope.storage.measure.PAGES", 10**9)
    assert "Not measured yet." in shown(client, "storage")
    hold(told.pk, uuid(1), "a lawsuit", "ada")
    measure()
    page = " ".join(shown(client, "storage").split())
    assert "Spans and traces: names, times, tokens" in page
    assert "1 trace with 2 spans is on legal hold." in page
    assert "unknown amount, because this has been measured for 0 of the 4 days" in page
    assert "2.0 GB of 10.0 GB are free. Once less than 1.0 GB are" in page
    assert "about" not in page.partition('id="stored"')[2].partition("What goes next")[0]
    assert ">shop</td>" in page.partition("All projects")[2]


def test_growth_and_the_end_of_the_disk_have_their_days(client, told, settings, monkeypatch):
    settings.AGENTSCOPE_MIN_FREE_BYTES = 10**9
    today = timezone.now().date()
    for ago, size in ((7, 10**9), (0, 8 * 10**9)):
        day = {"day": today - timedelta(days=ago), "at": timezone.now()}
        DiskDay.objects.create(**day, database=size, free=5 * 10**9, total=10**10)
        Stored.objects.create(
            **day, project_id=told.pk, kinds={"spans": size // 2}, estimated=["spans", "search"]
        )
    page = " ".join(shown(client, "storage").split())
    assert "Over the last 7 days it grew by 500.0 MB a day." in page
    assert f"{today + timedelta(days=4)}" in page.partition("The disk</h2>")[2]
    assert f"{today + timedelta(days=5)}" in page.partition("The disk</h2>")[2]
    assert "about 4.0 GB" in page
    assert "too little to be seen" in page
    assert '<td class="number">3.5 GB</td>' in page


def test_the_page_reads_what_was_measured_and_no_span(client, told):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            shown(client, "storage")
        return [each["sql"] for each in queries]

    measure()
    few = asked()
    for number in range(2, 9):
        store(told.pk, agent(number, 1, "planner"), call(number, 2, 1))
    measure()
    many = asked()
    assert len(many) == len(few) <= 12
    read = {name for sql in many for name in re.findall(r'(?:FROM|JOIN) "(\w+)"', sql)}
    assert not read & {"span", "span_payload", "span_log", "trace", "search_block"}


def test_other_projects_are_only_for_those_who_run_the_installation(
    client, production, alice, told
):
    create_project("other")
    measure()
    client.force_login(alice)
    page = shown(client, "storage")
    assert "How much is stored" in page
    assert "All projects" not in page
    alice.is_staff = True
    alice.save()
    assert "other" in shown(client, "storage").partition("All projects")[2]


def test_who_may_not_change_it_is_offered_no_button(client, production, alice, told):
    hold(told.pk, uuid(1), "a lawsuit", "ada")
    client.force_login(alice)
    buttons = {
        ("storage",): "Show what would go",
        ("holds",): ">Lift<",
        ("trace-hold", uuid(1)): "Lift the hold",
        ("trace", uuid(1)): "Lift …",
        ("erasures",): "Count what would go",
    }
    for page, button in buttons.items():
        assert button in shown(client, *page), page
    Member.objects.update(role=Role.AUDITOR)
    for page, button in buttons.items():
        assert button not in shown(client, *page), page
    assert "Legal hold …" not in shown(client, "trace", uuid(1))
    assert "<button" not in shown(client, "erasures").partition("<main")[2].partition("</main")[0]


def test_every_page_says_that_nothing_is_taken(client, told, monkeypatch, settings):
    settings.AGENTSCOPE_MIN_FREE_BYTES = 10**9
    for name, value in (("is_full", False), ("until", float("-inf")), ("free", 0)):
        monkeypatch.setattr(ROOM, name, value)
    monkeypatch.setattr(ROOM, "read", lambda: Disk(1, 10**10))
    for page in (("traces",), ("storage",), ("trace", uuid(1)), ("problems",)):
        assert shown(client, *page).count("The disk is nearly full") == 1, page
    monkeypatch.setattr(ROOM, "until", float("-inf"))
    monkeypatch.setattr(ROOM, "read", lambda: Disk(2 * 10**9, 10**10))
    assert "nearly full" not in shown(client, "traces")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"payload_days": "31"}, "nothing longer than 30 days"),
        ({"payload_days": "9", "metadata_days": "8"}, "cannot be kept longer than the metadata"),
        ({"payload_days": "31", "seen": "31/"}, "nothing longer than 30 days"),
        ({"payload_days": "soon"}, "Enter a whole number"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(client, project, settings, said, sentence):
    settings.AGENTSCOPE_RETENTION_DAYS = 30
    assert sentence in sent(client, "storage", **said).content.decode()
    assert not Periods.objects.exists()


def test_a_trace_is_held_and_let_go_from_its_page(client, told):
    trace = uuid(1)
    assert "Legal hold …" in shown(client, "trace", trace)
    sent(client, "trace-hold", trace, reason="a <i>lawsuit</i>")
    page = shown(client, "trace", trace)
    assert "legal hold</span>" in page
    assert "a &lt;i&gt;lawsuit&lt;/i&gt;" in page
    assert trace.hex in shown(client, "holds")
    assert "1 trace on legal hold" in shown(client, "storage")
    assert "It is held since" in shown(client, "trace-hold", trace)
    sent(client, "trace-hold", trace, reason="settled", lift="1")
    assert not Hold.objects.exists()
    assert [change.what.partition(" on")[0] for change in noted()] == [
        "Put a legal hold",
        "Lifted the legal hold",
    ]


def test_a_hold_without_a_reason_is_none(client, told):
    assert "This field is required" in sent(client, "trace-hold", uuid(1)).content.decode()
    assert not Hold.objects.exists()


def test_a_trace_without_its_payload_says_so(client, told):
    Trace.objects.update(emptied_at=timezone.now())
    page = shown(client, "trace", uuid(1), span=f"{2:016x}")
    assert "What its steps said was removed" in page
    assert "What it said was removed" in page
    assert "Many instrumentations" not in page


def test_an_erasure_is_counted_confirmed_and_done(client, told, monkeypatch):
    monkeypatch.setattr("agentscope.redaction.stored.SETTLED", timedelta(0))
    store(told.pk, agent(2, 1, "planner"))
    settle()
    answer = sent(client, "erasures", of="user", said=NASTY, reason="she asked", mentions="on")
    made = Erasure.objects.get()
    assert answer.url == reverse("erasure", args=["shop", made.pk])
    assert "It is being counted what would go." in shown(client, "erasure", made.pk)
    end_jobs()
    page = shown(client, "erasure", made.pk)
    assert "<li>1 trace</li>" in page
    assert "&lt;b&gt;ann&lt;/b&gt;" in page
    assert NASTY not in page
    assert "1 span and 0 log records; 0 and 0 of them would be changed." in page
    assert "the name, replaced in" not in page
    assert Trace.objects.exists()
    sent(client, "erasure", made.pk, confirm="1")
    assert "It is being erased." in shown(client, "erasure", made.pk)
    end_jobs()
    page = shown(client, "erasure", made.pk)
    assert "This was erased:" in page
    assert "ann" not in page.partition("<h2>")[2]
    assert "<h2>" in page.partition('id="erasure"')[2]  # so that what polls forgets the name, too
    assert [trace.trace_id for trace in Trace.objects.all()] == [uuid(2)]
    assert "1 trace" in shown(client, "jobs")


def test_what_keeps_the_name_as_it_is_held_is_said(client, told):
    sent(client, "erasures", of="user", said=NASTY, reason="she asked", mentions="on")
    held = {"held_spans": 2, "held_texts": 1}
    Job.objects.update(state="done", result={"read_spans": 9, "read_logs": 0, **held})
    page = shown(client, "erasure", Erasure.objects.get().pk)
    assert "On legal hold, so left as it is: 2 spans, 1 other text. Lift the hold" in page
    assert f'<a href="{reverse("holds", args=["shop"])}">What is on hold</a>' in page
    assert "; left as it is, on legal hold: 2 spans, 1 other text" in shown(client, "jobs")
    Job.objects.update(kind=Job.Kind.REDACT)
    assert "0 values; left as it is, on legal hold: 2 spans" in shown(client, "jobs")


def test_an_erasure_may_be_let_go(client, told):
    sent(client, "erasures", of="user", said=NASTY, reason="she asked")
    made = Erasure.objects.get()
    sent(client, "erasure", made.pk, withdraw="1")
    made.refresh_from_db()
    assert made.said == ""
    assert "Nobody went on with it" in shown(client, "erasure", made.pk)


def test_one_that_was_not_counted_to_the_end_may_only_be_let_go(client, told):
    sent(client, "erasures", of="user", said=NASTY, reason="she asked")
    made = Erasure.objects.get()
    Job.objects.filter(pk=made.counting).update(state=Job.State.FAILED)
    page = shown(client, "erasure", made.pk)
    assert "It was not counted to the end, so it cannot be erased: ask anew." in page
    assert ("Do not erase" in page, "Erase for good" in page) == (True, False)
    page = sent(client, "erasure", made.pk, confirm="1").content.decode()
    assert "It was not counted to the end: ask anew." in page


def test_what_was_done_of_one_that_was_let_go_is_told(client, told):
    sent(client, "erasures", of="user", said=NASTY, reason="she asked")
    end_jobs()
    made = Erasure.objects.get()
    sent(client, "erasure", made.pk, confirm="1")
    made.refresh_from_db()
    Job.objects.filter(pk=made.erasing).update(state=Job.State.FAILED, result={"traces": 3})
    assert "Erase for good" in shown(client, "erasure", made.pk)
    sent(client, "erasure", made.pk, withdraw="1")
    page = shown(client, "erasure", made.pk)
    assert "It did not end, and then the name was forgotten. This was done:" in page
    assert "<li>3 traces</li>" in page
    assert "Nothing was erased" not in page


def test_whose_data_is_not_said_is_told(client, told):
    page = sent(client, "export-person", of="user", said="").content.decode()
    assert "This field is required." in page.partition('id="export"')[2]
    assert "This field is required." not in page.partition('id="export"')[0]


def test_a_hold_that_somebody_lifted_meanwhile_is_told(client, told):
    page = sent(client, "trace-hold", uuid(1), reason="settled", lift="1").content.decode()
    assert "The hold was lifted already." in page


def test_what_is_held_is_not_asked_for(client, told):
    hold(told.pk, uuid(1), "a lawsuit", "ada")
    page = sent(client, "erasures", of="user", said=NASTY, reason="she asked").content.decode()
    assert "One of the traces is on legal hold: lift it first." in page
    assert not Erasure.objects.exists()
