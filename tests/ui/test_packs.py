"""Evidence packs as pages: what would be in one, bad input, and who sees the buttons."""

from __future__ import annotations

import pytest
from django.urls import reverse

from agentscope.jobs.models import Job
from agentscope.packs.models import StoredPack
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member, create_project
from tests.kit.costs import agent, call, settle, store, uuid
from tests.kit.jobs import end_jobs

pytestmark = pytest.mark.django_db
NASTY = "<b>s</b>"


@pytest.fixture
def shop(project, embedded):
    """A project with a run of a session with an odd name."""
    store(project.pk, agent(1, 1, "planner", session=NASTY), call(1, 2, 1, "0.5", session=NASTY))
    settle()
    return project


def shown(client, name="new-pack", **said):
    answer = client.get(reverse(name, args=["shop"]), said)
    assert answer.status_code == 200
    return answer.text


def sent(client, name, *parts, **said):
    return client.post(reverse(name, args=["shop", *parts]), said)


def test_what_would_be_in_one_is_told_before(client, shop):
    text = shown(client, session=NASTY)
    assert "1 trace with all spans" in text
    assert "Make the pack" in text
    assert NASTY not in text
    assert "&lt;b&gt;s&lt;/b&gt;" in text
    assert "Make the pack" not in shown(client)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"since": "yesterday"}, "From: "),
        ({"until": "2026-13-01"}, "To, that day too: "),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "The period ends before it begins."),
        ({"session": "nobody"}, "This project has not the session “nobody”."),
        ({"session": "x" * 5_000}, "session: "),
        ({"trace": "<b>"}, "trace: this is none: “&lt;b&gt;”."),
        ({"trace": "1" * 32}, "This project has not the trace"),
        ({"trace": uuid(1).hex, "decision": "x"}, "decision: this is none: “x”."),
        ({"trace": uuid(1).hex, "decision": "f" * 16}, "This project has not the decision"),
        ({"session": NASTY, "trace": uuid(1).hex}, "Name one: a period, a session, or a trace."),
        ({"decision": "1" * 16}, "Name one: a period, a session, or a trace."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(said, words, client, shop):
    for text in (shown(client, **said), sent(client, "new-pack", **said).text):
        assert words in text
        assert 'role="alert"' in text
        assert "Make the pack" not in text
    assert not StoredPack.objects.exists()


def test_the_button_lets_it_be_made_and_the_file_is_taken(client, shop):
    answer = sent(client, "new-pack", session=NASTY)
    assert answer["Location"] == reverse("packs", args=["shop"])
    number = StoredPack.objects.get().pk
    assert "not known yet" in shown(client, "packs")
    assert sent(client, "take-pack", number)["Location"] == reverse("packs", args=["shop"])
    end_jobs()
    text = shown(client, "packs")
    assert "1 trace, " in text
    made = StoredPack.objects.get()
    assert f"SHA-256 of the ZIP file: <code>{made.digest}</code>" in text
    assert f"verifier: <code>{made.manifest}</code>" in text
    assert "Kept until" in text
    assert NASTY not in text
    answer = sent(client, "take-pack", number)
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == f'attachment; filename="evidence-{number}.zip"'
    assert "no-store" in answer["Cache-Control"]
    assert int(answer["Content-Length"]) == len(b"".join(answer.streaming_content))


def test_one_that_was_not_made_says_so(client, shop):
    sent(client, "new-pack", session=NASTY)
    Job.objects.all().delete()
    assert "nothing: it was not made" in shown(client, "packs")


def test_it_is_of_its_project_alone(client, shop):
    create_project("other")
    sent(client, "new-pack", session=NASTY)
    number = StoredPack.objects.get().pk
    for name in ("take-pack", "remove-pack"):
        assert client.post(reverse(name, args=["other", number])).status_code == 404
        assert sent(client, name, number + 1).status_code == 404
        assert sent(client, name, 10**30).status_code == 404
    assert client.get(reverse("take-pack", args=["shop", number])).status_code == 405
    assert StoredPack.objects.exists()


@pytest.mark.usefixtures("production")
def test_auditors_remove_their_own_and_owners_any(client, project, alice, charlie):
    add_member(project, charlie, Role.AUDITOR)
    store(project.pk, agent(1, 1, "planner", session="s"), call(1, 2, 1, "0.5", session="s"))
    settle()
    numbers = []
    for person in (alice, charlie):
        client.force_login(person)
        sent(client, "new-pack", session="s")
        numbers.append(StoredPack.objects.latest("pk").pk)
    of_alice, of_charlie = (reverse("remove-pack", args=["shop", each]) for each in numbers)
    page = shown(client, "packs")
    assert (of_alice in page, of_charlie in page) == (False, True)
    refused = client.post(of_alice)
    assert refused.status_code == 403
    assert "Who asked for a pack removes it" in refused.text
    assert client.post(of_charlie).status_code == 302
    client.force_login(alice)
    assert of_alice in shown(client, "packs")
    assert client.post(of_alice).status_code == 302
    assert not StoredPack.objects.exists()
