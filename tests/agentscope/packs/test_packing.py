"""A pack that is made by a job: in steps, in rows, for whoever may take it, until it expires."""

import json
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from unittest.mock import Mock
from zipfile import ZipFile

import pytest
from django.utils import timezone

from agentscope.erasure.write import ask_erasure, confirm
from agentscope.jobs.models import Job
from agentscope.jobs.run import committed_step, run_step
from agentscope.jobs.write import ask
from agentscope.ledger.read import newest
from agentscope.packs import ask as asking
from agentscope.packs import content, packing, stored
from agentscope.packs.ask import NoRoom, NotWhole, ask_pack, remove, take
from agentscope.packs.asked import Asked, BadPack
from agentscope.packs.models import StoredPack, StoredPart
from agentscope.packs.read import file_name, pack, packs
from agentscope.packs.then_forget import ThenForgetPacks, forget_expired_packs
from agentscope.pipeline import RUNNERS
from agentscope.projects.roles import NotAllowed, Role
from agentscope.projects.write import create_project
from agentscope.retention.disk import ROOM, Disk
from agentscope.traces.models import Trace
from tests.agentscope.packs.test_pack import FILES, verified
from tests.kit.costs import agent, call, settle, store, uuid
from tests.kit.jobs import end_jobs

pytestmark = pytest.mark.django_db
TRACES = 3


@pytest.fixture
def shop():
    """A project with some runs of a session."""
    found = create_project("shop")
    for number in range(1, TRACES + 1):
        said = {"session": "zum Bücken 漢字"}
        store(found.pk, agent(number, 1, "planner", **said), call(number, 2, 1, "0.01", **said))
    settle()
    return found


@pytest.fixture
def of_session(shop):
    return Asked(shop, session="zum Bücken 漢字")


def made(asked, who="ann"):
    """A pack that is whole."""
    found = ask_pack(asked, who)
    end_jobs()
    found.refresh_from_db()
    return found


def taken(found, who="ben"):
    """Its file."""
    return b"".join(take(found, who))


def unpacked(raw, folder):
    """The folder that it is unpacked to."""
    with ZipFile(BytesIO(raw)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return folder


def steps(found):
    """How many steps it takes until a pack is made."""
    count = 0
    Job.objects.update(state=Job.State.RUNNING)
    while committed_step(found.job, RUNNERS):
        count += 1
    return count + 1


def test_it_is_made_in_steps_and_verifies(of_session, tmp_path, monkeypatch):
    monkeypatch.setattr(packing, "STEP", 0)
    monkeypatch.setattr(stored, "PART", 1_000)
    found = ask_pack(of_session, "ann")
    assert steps(found) == TRACES + 3
    found.refresh_from_db()
    assert StoredPart.objects.filter(pack=found).count() > TRACES
    raw = taken(found)
    assert (len(raw), sha256(raw).hexdigest()) == (found.size, found.digest)
    folder = unpacked(raw, tmp_path / "pack")
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    of_traces = {f"otlp/{uuid(number + 1).hex}" for number in range(TRACES)}
    ends = (".json", ".logs.json")
    assert names == FILES | {name + end for name in of_traces for end in ends}
    code, told = verified(folder)
    assert (code, "0 faults." in told) == (0, True), told
    said = json.loads((folder / "MANIFEST.json").read_text())
    assert said["of"]["session"] == "zum Bücken 漢字"
    assert said["counts"] == found.counts
    assert found.counts["traces"] == TRACES


def test_the_same_is_in_it_as_in_one_that_is_made_at_once(of_session, tmp_path, monkeypatch):
    monkeypatch.setattr(packing, "STEP", 0)
    folder = unpacked(taken(made(of_session)), tmp_path / "pack")
    for trace in content.included(of_session):
        for name, parts in content.spans(of_session.project.pk, trace):
            assert (folder / name).read_bytes() == b"".join(parts)


def test_the_ledger_tells_who_asked_took_and_removed(shop, of_session):
    found = made(of_session)
    (told,) = newest(shop.pk, 1, kinds=["export"])
    assert (told.said["who"], told.said["details"]["manifest"]) == ("ann", found.manifest)
    taken(found)
    (told,) = newest(shop.pk, 1, kinds=["export"])
    assert told.said["what"] == "Downloaded the evidence pack of the session “zum Bücken 漢字”."
    assert (told.said["who"], told.said["details"]["sha256"]) == ("ben", found.digest)
    remove(found, "eve", Role.ADMIN)
    (told,) = newest(shop.pk, 1, kinds=["export"])
    assert (told.said["who"], told.said["what"][:8]) == ("eve", "Removed ")
    assert not StoredPart.objects.exists()


def test_auditors_remove_no_packs_of_others(of_session):
    found = ask_pack(of_session, "ann")
    with pytest.raises(NotAllowed, match="Who asked for a pack removes it"):
        remove(found, "ben", Role.AUDITOR)
    assert StoredPack.objects.exists()
    remove(found, "ann", Role.AUDITOR)
    assert not StoredPack.objects.exists()


def test_how_far_it_is(shop, of_session):
    found = ask_pack(of_session, "ann")
    standing = pack(shop.pk, found.pk)
    assert (standing.state, standing.is_live, standing.percent) == ("waiting", True, None)
    with pytest.raises(NotWhole):
        take(found, "ann")
    end_jobs()
    (standing,) = packs(shop.pk)
    assert (standing.state, standing.is_live, standing.percent) == ("done", False, 100)
    assert file_name(standing.pack) == f"evidence-{found.pk}.zip"
    assert pack(create_project("other").pk, found.pk) is None


def test_one_that_is_removed_meanwhile_is_not_made(of_session):
    found = ask_pack(of_session, "ann")
    remove(StoredPack.objects.get(pk=found.pk), "ann", Role.AUDITOR)
    end_jobs()
    assert Job.objects.get(pk=found.job).state == Job.State.STOPPED
    assert not StoredPart.objects.exists()


def test_one_that_went_while_its_job_waited_fails_with_a_reason(of_session):
    found = ask_pack(of_session, "ann")
    StoredPack.objects.all().delete()
    end_jobs()
    job = Job.objects.get(pk=found.job)
    assert (job.state, "was removed" in job.message) == (Job.State.FAILED, True)


def test_what_is_not_there_is_not_asked_for(shop):
    with pytest.raises(BadPack, match="This project has not the session “nobody”"):
        ask_pack(Asked(shop, session="nobody"), "ann")
    assert not Job.objects.exists()


def test_not_too_many_are_kept(of_session, monkeypatch):
    monkeypatch.setattr(asking, "MOST_PACKS", 1)
    ask_pack(of_session, "ann")
    with pytest.raises(BadPack, match="There are 1 packs already: remove some first"):
        ask_pack(of_session, "ann")


def test_more_of_the_ledger_than_fits_is_told_before(shop, of_session, monkeypatch):
    monkeypatch.setattr(asking, "MOST_ENTRIES", 1)
    ask_pack(of_session, "ann")
    end_jobs()
    with pytest.raises(BadPack, match=r"The ledger has \d entries since then"):
        ask_pack(Asked(shop, until=timezone.now()), "ann")


def test_a_ledger_that_grew_too_long_meanwhile_is_not_packed(of_session, monkeypatch):
    made(of_session)  # the ledger tells of it
    found = ask_pack(of_session, "ann")
    monkeypatch.setattr(asking, "MOST_ENTRIES", 0)
    end_jobs()
    job = Job.objects.get(pk=found.job)
    assert (job.state, "a pack holds 0 at most" in job.message) == (Job.State.FAILED, True)


FULL = Disk(1, 10**10)


@pytest.fixture
def full(monkeypatch):
    """What fills the disk."""

    def fill():
        for name, value in (("until", float("-inf")), ("is_full", False), ("free", 0)):
            monkeypatch.setattr(ROOM, name, value)
        monkeypatch.setattr(ROOM, "read", lambda: FULL)

    return fill


def test_none_is_asked_for_while_the_disk_is_nearly_full(of_session, full):
    full()
    with pytest.raises(NoRoom, match="The disk is nearly full"):
        ask_pack(of_session, "ann")
    assert not StoredPack.objects.exists()


def test_one_that_is_being_made_fails_once_the_disk_is_nearly_full(of_session, full, monkeypatch):
    monkeypatch.setattr(packing, "STEP", 0)
    monkeypatch.setattr(stored, "PART", 100)
    found = ask_pack(of_session, "ann")
    Job.objects.update(state=Job.State.RUNNING)
    assert committed_step(found.job, RUNNERS)
    assert committed_step(found.job, RUNNERS)
    assert StoredPart.objects.exists()
    full()
    assert not run_step(found.job, RUNNERS)
    job = Job.objects.get(pk=found.job)
    assert (job.state, "nearly full" in job.message) == (Job.State.FAILED, True)
    forget_expired_packs()
    assert not StoredPart.objects.exists()
    assert StoredPack.objects.exists()  # it says why


def test_spans_that_do_not_fit_are_left_out_and_told(shop, of_session, tmp_path, monkeypatch):
    sizes = packing.fitting(shop.pk, content.included(of_session))
    assert len(sizes) == TRACES
    monkeypatch.setattr(packing, "MOST_BYTES", 0)
    found = made(of_session)
    sentence = "The spans of 3 of 3 traces are left out: they take more than 0 MB."
    assert found.left_out[0].startswith(sentence)
    folder = unpacked(taken(found), tmp_path / "pack")
    assert not (folder / "otlp").exists()
    assert sentence in (folder / "README.txt").read_text()
    assert sentence in (folder / "index.html").read_text()
    assert len((folder / "traces.jsonl").read_text().splitlines()) == TRACES
    assert verified(folder)[0] == 0


def test_a_small_trace_fits_behind_one_that_does_not(shop, monkeypatch):
    large = Trace.objects.order_by("started_at", "trace_id").first().trace_id
    store(shop.pk, *(call(1, 10 + number, 1, "0.01") for number in range(50)))
    ids = content.included(Asked(shop))
    fits_all_but_one = sum(sizes(shop, ids).values()) - 1
    monkeypatch.setattr(packing, "MOST_BYTES", min(sizes(shop, ids).values()) * TRACES)
    assert fits_all_but_one > packing.MOST_BYTES
    assert packing.fitting(shop.pk, ids) == [each for each in ids if each != large]


def sizes(shop, ids):
    """Bytes of each trace, as they are stored."""
    with packing.connection.cursor() as cursor:
        cursor.execute(packing.STORED, [shop.pk, ids])
        return dict(cursor.fetchall())


def test_they_expire(of_session):
    found = made(of_session)
    forget_expired_packs()
    assert StoredPart.objects.exists()
    StoredPack.objects.filter(pk=found.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    forget_expired_packs()
    assert not StoredPack.objects.exists()
    assert not StoredPart.objects.exists()


def test_what_is_erased_is_in_no_pack_any_more(shop, of_session):
    other = made(Asked(create_project("other"), since=timezone.now() - timedelta(days=1)))
    found = made(of_session)
    erasure = ask_erasure(shop, "session", of_session.session, "asked for", "ann")
    end_jobs()
    assert StoredPack.objects.filter(pk=found.pk).exists()
    erasure.refresh_from_db()
    confirm(erasure, "ben")
    end_jobs()
    assert list(StoredPack.objects.all()) == [other]
    (told,) = newest(shop.pk, 1, kinds=["export"])
    assert told.said["what"].startswith("All evidence packs were removed: somebody had to erase ")
    assert told.said["details"] == {"packs": [found.pk]}


@pytest.mark.parametrize("is_preview", [True, False])
def test_what_is_redacted_is_in_no_pack_any_more(is_preview, shop, of_session):
    made(of_session)
    job = ask(shop.pk, Job.Kind.REDACT, {}, "ann", is_preview=is_preview)
    first = Mock(step=Mock(return_value=True))
    while not ThenForgetPacks(first).step(job):
        pass
    first.step.assert_called_once_with(job)
    assert StoredPack.objects.exists() == is_preview


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, "Name one: a period, a session, or a trace."),
        ({"session": "s", "trace": "1" * 32}, "Name one: "),
        ({"session": "s", "decision": "1" * 16}, "A decision is one of a trace"),
        ({"trace": "no id"}, "trace: this is none: “no id”."),
        ({"since": "yesterday"}, "since: this is none: “yesterday”."),
        (
            {"since": "2026-02-01T00:00:00+00:00", "until": "2026-01-01T00:00:00+00:00"},
            "ends before it begins",
        ),
    ],
)
def test_what_a_pack_cannot_be_of_is_told(said, reason, shop):
    with pytest.raises(BadPack, match=reason):
        Asked.of(shop, said)


def test_what_is_stored_of_a_question_is_the_question(shop):
    for asked in (
        Asked(shop, trace=uuid(1), decision=-1),
        Asked(shop, session="s"),
        Asked(shop, since=timezone.now()),
    ):
        assert Asked.of(shop, json.loads(json.dumps(asked.said))) == asked
