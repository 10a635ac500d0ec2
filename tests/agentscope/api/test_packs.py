"""Evidence packs by machine: asked for, downloaded, removed, and what is refused."""

from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.utils import timezone

from agentscope.packs.models import StoredPack
from agentscope.projects.models import Key
from agentscope.projects.write import create_key, create_project
from tests.kit.costs import agent, call, settle, store, uuid
from tests.kit.jobs import end_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(settings):
    """A project with a trace."""
    settings.AGENTSCOPE_EMBEDDED = False
    made = create_project("shop")
    store(made.pk, agent(1, 1, "planner", session="s"), call(1, 2, 1, "0.5", session="s"))
    settle()
    return made


def asker(client, project):
    """Asks with a key that manages a project."""
    key = create_key(project, Key.Scope.MANAGE)[1]
    headers = {"authorization": f"Bearer {key}", "host": "localhost"}
    headers["x-agentscope-project"] = project.name

    def send(verb, path="", body=None):
        asked = {"content_type": "application/json", "headers": headers}
        return getattr(client, verb)(f"/api/v1/packs{path}", body or {}, **asked)

    return send


@pytest.fixture
def ask(client, shop):
    return asker(client, shop)


def made(ask):
    """The number of a pack that is whole."""
    answer = ask("post", body={"session": "s"})
    assert answer.status_code == 202
    end_jobs()
    return answer.json()["id"]


def refused(answer, status, words):
    """Whether an answer is no, and why."""
    assert answer.status_code == status
    assert words in answer.json()["error"]["message"]


def test_it_says_how_far_it_is_and_what_is_in_it(ask):
    first = ask("post", body={"trace": uuid(1).hex}).json()
    assert (first["state"], first["bytes"], first["made_at"]) == ("waiting", 0, None)
    assert (first["of"]["trace"], first["of"]["session"]) == (uuid(1).hex, "")
    end_jobs()
    then = ask("get", f"/{first['id']}").json()
    assert (then["state"], then["percent"], then["counts"]["traces"]) == ("done", 100, 1)
    assert ask("get").json() == {"packs": [then], "offset": 0}


def test_its_file_is_taken_as_a_file_and_kept_by_nobody_between(ask):
    number = made(ask)
    answer = ask("get", f"/{number}/content")
    raw = b"".join(answer.streaming_content)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == f'attachment; filename="evidence-{number}.zip"'
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert int(answer["Content-Length"]) == len(raw)
    assert sha256(raw).hexdigest() == ask("get", f"/{number}").json()["sha256"]
    assert ZipFile(BytesIO(raw)).testzip() is None


def test_one_that_is_not_made_yet_cannot_be_taken(ask):
    number = ask("post", body={"session": "s"}).json()["id"]
    refused(ask("get", f"/{number}/content"), 409, "The pack is not made yet.")


def test_one_that_is_gone_says_so(ask):
    number = made(ask)
    assert ask("delete", f"/{number}").status_code == 204
    for verb, path in (("get", ""), ("get", "/content"), ("delete", "")):
        refused(ask(verb, f"/{number}{path}"), 410, f"The evidence pack {number} was removed")


def test_one_whose_time_is_over_is_gone_before_anything_removes_it(ask):
    number = made(ask)
    StoredPack.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    refused(ask("get", f"/{number}/content"), 410, "make it again")
    assert ask("get").json()["packs"] == []


def test_one_of_another_project_is_none(ask, client):
    number = made(ask)
    other = asker(client, create_project("other"))
    for verb, path in (("get", ""), ("get", "/content"), ("delete", "")):
        refused(other(verb, f"/{number}{path}"), 404, f"no evidence pack {number}")
    assert other("get").json()["packs"] == []
    refused(other("post", body={"trace": uuid(1).hex}), 400, "This project has not the trace")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "Name one: a period, a session, or a trace."),
        ({"session": "s", "trace": uuid(1).hex}, "Name one: "),
        ({"session": "nobody"}, "This project has not the session"),
        ({"trace": "nothing"}, "trace: this is none: “nothing”."),
        ({"session": "s", "decision": "1" * 16}, "A decision is one of a trace"),
        ({"since": "2026-02-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "ends before"),
        ({"since": "yesterday"}, "since"),
        ({"session": 5}, "session"),
        ({"run": "1"}, "run"),
    ],
)
def test_what_no_pack_can_be_of_is_refused(body, words, ask):
    refused(ask("post", body=body), 400, words)
    assert not StoredPack.objects.exists()
