"""Settings > Storage: periods, legal holds, erasures."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agentscope.erasure.models import Erasure
from agentscope.retention.models import Hold, Periods
from agentscope.retention.read import kept_of
from agentscope.retention.write import hold
from agentscope.traces.models import Trace
from tests.kit.changes import noted
from tests.kit.costs import agent, call, settle, store, uuid
from tests.kit.jobs import end_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("embedded")]
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


def shown(client, name, *parts, **asked):
    return client.get(reverse(name, args=["shop", *parts]), asked).content.decode()


def sent(client, name, *parts, **said):
    return client.post(reverse(name, args=["shop", *parts]), said)


def test_periods_are_set_and_told_in_words(client, project, settings):
    settings.AGENTSCOPE_RETENTION_DAYS = 30
    assert "Now payload goes after 30 days, and the rest of a trace after 30 days." in " ".join(
        shown(client, "storage").split()
    )
    answer = sent(client, "storage", payload_days="7", metadata_days="")
    assert answer.status_code == 302
    assert kept_of(project.pk).payload == 7
    assert "payload goes after 7 days" in " ".join(shown(client, "storage").split())


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"payload_days": "31"}, "nothing longer than 30 days"),
        ({"payload_days": "9", "metadata_days": "8"}, "cannot be kept longer than the metadata"),
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
    answer = sent(client, "erasures", of="user", said=NASTY, reason="she asked", mentions="on")
    made = Erasure.objects.get()
    assert answer.url == reverse("erasure", args=["shop", made.pk])
    assert "It is being counted what would go." in shown(client, "erasure", made.pk)
    end_jobs()
    page = shown(client, "erasure", made.pk)
    assert "<li>1 trace</li>" in page
    assert "&lt;b&gt;ann&lt;/b&gt;" in page
    assert NASTY not in page
    assert Trace.objects.exists()
    sent(client, "erasure", made.pk, confirm="1")
    assert "It is being erased." in shown(client, "erasure", made.pk)
    end_jobs()
    page = shown(client, "erasure", made.pk)
    assert "This was erased:" in page
    assert "ann" not in page.partition("<h2>")[2]
    assert not Trace.objects.exists()
    assert "1 trace" in shown(client, "jobs")


def test_an_erasure_may_be_let_go(client, told):
    sent(client, "erasures", of="user", said=NASTY, reason="she asked")
    made = Erasure.objects.get()
    sent(client, "erasure", made.pk, withdraw="1")
    made.refresh_from_db()
    assert made.said == ""
    assert "Nobody went on with it" in shown(client, "erasure", made.pk)


def test_what_is_held_is_not_asked_for(client, told):
    hold(told.pk, uuid(1), "a lawsuit", "ada")
    page = sent(client, "erasures", of="user", said=NASTY, reason="she asked").content.decode()
    assert "One of the traces is on legal hold: lift it first." in page
    assert not Erasure.objects.exists()
