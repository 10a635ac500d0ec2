"""The ledger: entries as sentences with their filters, one entry, whether it is as it was written,
checkpoints, and the ledger as a file."""

from __future__ import annotations

import html
import io
import json
import re
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.audit.read import Found, entry
from agentscope.jobs.models import Job
from agentscope.ledger import signing
from agentscope.ledger.models import Anchored
from agentscope.ledger.read import newest
from agentscope.ledger.verifier import Entry
from agentscope.ledger.write import append, checkpoint, erase, restate
from agentscope.projects.changes import note_change
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member
from tests.agentscope.ledger.test_tampering import tamper
from tests.kit.changes import noted
from tests.kit.hostile import CORPUS
from tests.kit.jobs import end_jobs
from ui.audit_form import LedgerForm
from ui.audit_words import Difference, differences, in_words, line

AUDIT = "/p/shop/audit/"
LEDGER = f"{AUDIT}ledger/"
VERIFY, TAKE, CHECKPOINTS = f"{LEDGER}verify/", f"{LEDGER}take/", f"{LEDGER}checkpoints/"
PART = {"hx-request": "true", "hx-target": "verified"}
LIMIT = {"before": {"limit": "10", "only": {"agent": "planner"}}, "after": {"limit": "25"}}


@pytest.fixture
def told(project):
    """What two people did."""
    note_change("budget", project.pk, "ann", "Budget “day” was changed.", LIMIT)
    note_change("price", project.pk, "ben", "Set the price of gpt.", {"model": "gpt", "per": 2})
    return project


def page(client, address=LEDGER, **said):
    """The text of a page that is there."""
    answer = client.get(address, said)
    assert answer.status_code == 200
    return answer.text


def words(text: str) -> str:
    """What is read of a page."""
    plain = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", text, flags=re.DOTALL)
    return " ".join(html.unescape(plain).split())


def positions(text: str) -> list[int]:
    """Of the entries that a page lists."""
    titles = re.findall(r'class="title whole">\s*<a href="/p/shop/audit/ledger/(\d+)/"', text)
    return [int(found) for found in titles]


def verify(client, **said) -> str:
    """What the page says once the ledger was verified."""
    assert client.post(VERIFY, said).headers["Location"] == LEDGER
    end_jobs()
    return words(page(client))


def test_nothing_was_done_yet(client, embedded, project):
    shown = page(client)
    assert "Nothing was done yet" in shown
    assert "There is nothing to verify yet." in words(shown)
    assert VERIFY not in shown


def test_the_ledger_is_a_part_of_the_audit(client, embedded, project):
    assert '<a href="/p/shop/audit/"\n   aria-current="page">Audit</a>' in page(client)


def test_who_may_not_read_the_ledger_is_not_led_to_it(client, production, project, charlie):
    add_member(project, charlie, Role.VIEWER)
    client.force_login(charlie)
    for address in (f"{AUDIT}decisions/", "/p/shop/settings/"):
        assert LEDGER not in page(client, address)
    assert client.get(LEDGER).status_code == 403


def test_what_was_done_is_told_as_sentences_the_newest_first(client, embedded, told):
    shown = page(client)
    assert positions(shown) == [3, 2]
    assert re.search("ann Budget “day” was changed. Budgets 2", words(shown))
    assert positions(page(client, group="all")) == [3, 2, 1]
    assert "this server The ledger was opened." in words(page(client, group="ledger"))


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"group": "budgets"}, [2]),
        ({"group": "changes"}, [3, 2]),
        ({"group": "logins"}, []),
        ({"who": "ben"}, [3]),
        ({"who": "nobody"}, []),
        ({"q": "PLANNER"}, [2]),
        ({"since": "2020-01-01"}, [3, 2]),
        ({"until": "2020-01-01"}, []),
        ({"since": "9999-12-31", "until": "0001-01-01"}, []),
        ({"until": "9999-12-31"}, [3, 2]),
        ({"since": "nonsense"}, [3, 2]),
        ({"group": "nonsense"}, [3, 2]),
        ({"q": "\0"}, [3, 2]),
    ],
)
def test_entries_are_filtered(client, embedded, told, said, found):
    shown = page(client, **said)
    assert positions(shown) == found
    assert ("No entry matches these filters" in shown) == (not found)


def test_days_are_whole(told):
    form = LedgerForm({"since": "2026-11-25", "until": "2026-11-26"}, ["ann"])
    found = form.filters()
    assert (found.since, found.until) == (
        datetime(2026, 11, 25, tzinfo=UTC),
        datetime(2026, 11, 27, tzinfo=UTC),
    )
    assert LedgerForm({"until": date.max.isoformat()}, []).filters().until is None


def test_people_are_offered_and_who_is_asked_for_is_one_of_them(client, embedded, told):
    shown = page(client, who="cleo")
    offered = re.findall(r'<option value="([^"]*)"', shown[shown.index('name="who"') :])
    assert offered == ["", "ann", "ben", "cleo"]


def test_pages_follow_each_other(client, embedded, project, monkeypatch):
    monkeypatch.setattr("ui.views.audit.PAGE", 2)
    for number in range(5):
        note_change("view", project.pk, "ann", f"Saved the view {number}", {})
    seen, address = [], f"{LEDGER}?who=ann"
    while address:
        shown = page(client, address)
        seen += positions(shown)
        older = re.search(r'rel="next" href="([^"]+)"', shown)
        address = older and LEDGER + html.unescape(older[1]).removeprefix(LEDGER)
    assert seen == [6, 5, 4, 3, 2]
    assert re.search(r'rel="prev"\s+href="/p/shop/audit/ledger/\?who=ann"', shown)


def test_an_entry_opens_to_its_details(client, embedded, told):
    checkpoint(told.pk)
    shown = page(client, f"{LEDGER}2/")
    read = words(shown)
    assert "Budget “day” was changed." in read
    assert "limit 10 25" in read
    assert "only, agent planner nothing" in read
    assert "This entry holds by itself" in read
    assert "covered by that of" in read
    assert f'href="{CHECKPOINTS}3/"' in shown
    link = entry(told.pk, 2).link
    for digest in (link.content, link.previous, link.key, link.signature, link.hash):
        assert digest in shown
    assert f'rel="prev"\n           href="{LEDGER}1/"' in shown
    assert f'rel="next"\n           href="{LEDGER}3/"' in shown
    assert "model gpt per 2" in words(page(client, f"{LEDGER}3/"))


def test_what_is_long_in_an_entry_is_folded(client, embedded, project):
    many = {"what": "It was.", "digests": "<b>" * 200, "short": "x" * 400}
    made = append(project.pk, "ledger.records", many)
    text = page(client, f"{LEDGER}{made.position}/")
    folded = re.findall(r"<details>(.*?)</details>", text, re.DOTALL)
    all_of_it, as_written = 200, 200
    seen = [each.count("&lt;b&gt;") for each in folded if "&lt;b&gt;" in each]
    assert seen == [all_of_it, as_written]
    assert text.count("x" * 400) == 2
    assert "<b>" not in text


@pytest.mark.parametrize("position", [0, 4, 2**63 - 1, 2**63, 10**30])
def test_an_entry_that_is_not_there(client, embedded, told, position):
    assert client.get(f"{LEDGER}{position}/").status_code == 404
    assert client.get(f"{CHECKPOINTS}{position}/").status_code == 404


def test_what_is_wrong_with_one_entry_is_told(client, embedded, told):
    tamper("update ledger_content set text = replace(text, 'ann', 'bob') where position = 2")
    read = words(page(client, f"{LEDGER}2/"))
    assert "Something is wrong with this entry: its content was changed" in read
    assert "This entry holds" not in read
    tamper("delete from ledger_entry where position = 2")
    read = words(page(client, f"{LEDGER}3/"))
    assert "the entry before it, 2, is missing" in read


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("update ledger_entry set signature = hash where position = 2", "its hash is another"),
        ("delete from ledger_content where position = 2", "content is gone, and no entry says"),
    ],
)
def test_each_fault_of_an_entry_has_its_words(client, embedded, told, change, fault):
    tamper(change)
    assert fault in words(page(client, f"{LEDGER}2/"))


def test_an_entry_of_a_key_that_this_server_never_had(client, embedded, told, settings):
    settings.SECRET_KEY = "another"
    assert "a key that this server never had" in words(page(client, f"{LEDGER}2/"))


def test_erased_content_is_shown_as_erased_with_who_and_why(client, embedded, told):
    erase(told.pk, [2], "dora", "asked for by ann")
    shown = page(client)
    assert "Erased by dora: asked for by ann as entry 4 tells" in words(shown)
    assert "Budget “day”" not in shown
    one = words(page(client, f"{LEDGER}2/"))
    assert "What this entry said is erased" in one
    assert "Erased by dora: asked for by ann" in one
    assert "This entry holds by itself: its hash" in one
    assert "The content of 1 entry was erased" in words(page(client, group="erasures"))


def test_what_was_said_anew_is_told_of_its_own_time(client, embedded, told):
    first = newest(told.pk, 1)[0]
    restate(told.pk, first, {"who": "ben", "what": "Set the price of [redacted].", "details": {}})
    assert "written down" in words(page(client, f"{LEDGER}4/"))
    assert "written down" not in words(page(client, f"{LEDGER}3/"))


def test_a_ledger_that_was_not_verified_says_so(client, embedded, told):
    read = words(page(client))
    assert "The 3 entries of this ledger were not verified yet." in read
    assert "All is well" not in read


def test_verifying_says_what_was_found_when_and_by_whom(client, production, told, alice):
    client.force_login(alice)
    key = signing.public(signing.signing_key()).hex()
    read = verify(client)
    assert "All is well: entries 1 to 3 follow each other, each as it was signed." in read
    assert "asked for by alice: 3 entries from position 1 on, 0 checkpoints." in read
    assert f"Signed by the key {key[:16]}… , which is this server's." in read
    assert "data-whole" in page(client)
    note_change("view", told.pk, "ann", "Saved a view", {})
    shown = page(client)
    assert "1 entry is newer, and not verified yet." in words(shown)
    assert "data-whole" not in shown
    assert "All is well: entry 4 follows, as it was signed." in verify(client)
    assert "Nothing is new: all up to entry 4 was verified before." in verify(client)
    assert "All is well: entries 1 to 4" in verify(client, whole="1")


def test_a_fault_is_shown_until_it_is_gone(client, embedded, told):
    tamper("update ledger_content set text = replace(text, 'ann', 'bob') where position = 2")
    for _ in range(2):
        read = verify(client)
        assert "Something is wrong at position 2: its content was changed" in read
        assert "All is well" not in read
    assert f'href="{LEDGER}2/">Look at position 2' in page(client)
    tamper("update ledger_content set text = replace(text, 'bob', 'ann') where position = 2")
    assert "Something is wrong" in words(page(client))
    assert "All is well: entries 2 to 3" in verify(client)


def test_a_result_that_somebody_wrote_is_no_tick(client, embedded, told):
    verify(client)
    kept = Job.objects.get().result
    Job.objects.all().delete()
    Job.objects.create(
        project_id=told.pk, kind="verify", state="done", result=kept | {"until": 9, "entries": 9}
    )
    read = words(page(client))
    assert "All is well" not in read
    assert "What is stored as the newest result was not signed by this server" in read


def test_one_that_failed_says_why(client, embedded, told):
    Job.objects.create(
        project_id=told.pk, kind="verify", state="failed", message="<b>no", asked_by="<i>"
    )
    shown = page(client)
    assert "&lt;b&gt;no" in shown
    assert "could not be ended" in words(shown)
    assert "<b>no" not in shown


def test_while_it_runs_its_part_of_the_page_lives(client, embedded, told):
    client.post(VERIFY)
    client.post(VERIFY)
    job = Job.objects.get()
    shown = page(client)
    assert "data-live" in shown
    assert "Waiting for a worker." in shown
    assert client.get(LEDGER, {"seen": f"{job.pk}-0"}, headers=PART).status_code == 204
    Job.objects.update(state="running", done=2, total=3)
    part = client.get(LEDGER, {"seen": f"{job.pk}-0"}, headers=PART)
    assert "2 entries of 3 verified" in words(part.text)
    assert "<html" not in part.text
    Job.objects.update(state="waiting", done=0, total=None)
    end_jobs()
    part = client.get(LEDGER, {"seen": f"{job.pk}-2"}, headers=PART)
    assert "data-live" not in part.text
    assert "All is well" in part.text


def test_the_list_of_jobs_counts_entries(client, embedded, told):
    client.post(VERIFY)
    end_jobs()
    read = words(page(client, "/p/shop/settings/jobs/"))
    assert "Verify the ledger" in read
    assert "3 entries" in read


def test_no_more_jobs_are_taken_than_wait(client, embedded, told, monkeypatch):
    monkeypatch.setattr("agentscope.jobs.write.MOST_UNFINISHED", 0)
    assert client.post(VERIFY).headers["Location"] == "/p/shop/settings/jobs/?full=1"


def test_checkpoints_are_listed_and_one_is_a_file(client, embedded, told, monkeypatch):
    assert "None was signed yet." in page(client, CHECKPOINTS)
    monkeypatch.setattr("ui.views.checkpoints.PAGE", 1)
    first = checkpoint(told.pk)
    note_change("view", told.pk, "ann", "Saved a view", {})
    second = checkpoint(told.pk)
    shown = page(client, CHECKPOINTS)
    assert second.hash in shown
    assert first.hash not in shown
    assert first.hash in page(client, CHECKPOINTS, after="4")
    assert "There are no earlier ones." in page(client, CHECKPOINTS, after="3")
    answer = client.get(f"{CHECKPOINTS}3/")
    assert json.loads(answer.content) == first._asdict()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="checkpoint-3.json"'
    assert client.get(f"{CHECKPOINTS}2/").status_code == 404
    assert "The newest checkpoint tells of 4 entries." in words(page(client))


def test_checkpoints_say_until_where_each_place_keeps_them(client, embedded, told, settings):
    assert "Anchored nowhere" in words(page(client, CHECKPOINTS))
    settings.AGENTSCOPE_ANCHOR_PATH = "/kept<b>.jsonl"
    assert "Not anchored yet: File, /kept<b>.jsonl." in words(page(client, CHECKPOINTS))
    kept = {"project_id": told.pk, "anchor": "file"}
    Anchored.objects.create(**kept, position=2, done_at=datetime(2026, 11, 1, tzinfo=UTC))
    Anchored.objects.create(**kept, position=3, reason="disk is full")
    read = words(page(client, CHECKPOINTS))
    assert "Anchored until entry 2: File, /kept<b>.jsonl," in read
    assert "1 newer checkpoint is not there: disk is full" in read
    assert "<b>.jsonl" not in page(client, CHECKPOINTS)


def taken(client):
    """The ledger as a file."""
    answer = client.post(TAKE)
    assert answer.headers["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_the_ledger_is_taken_away_verifies_alone_and_tells_of_it(
    client, embedded, told, tmp_path, monkeypatch
):
    monkeypatch.setattr("agentscope.audit.bundle.AT_ONCE", 2)
    erase(told.pk, [2], "dora", "asked for by ann")
    taken(client).extractall(tmp_path)
    change = noted()[-1]
    assert (change.who, change.what) == (
        "somebody",
        "Exported the ledger: 5 entries, with its checkpoints and the verifier",
    )
    key = signing.public(signing.signing_key()).hex()
    done = subprocess.run(
        [sys.executable, "-I", "verifier.py", ".", "--key", key],
        cwd=tmp_path / "ledger", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "5 entries verified" in done.stdout
    assert "1 erased content, 1 checkpoint." in done.stdout


def test_what_is_added_while_it_is_taken_is_in_it_or_not_told_of(client, embedded, told):
    answer = client.post(TAKE)
    note_change("view", told.pk, "ann", "Saved a view", {})
    pieces = iter(answer.streaming_content)
    first = next(pieces)
    note_change("view", told.pk, "ann", "Saved another view", {})
    checkpoint(told.pk)
    file = zipfile.ZipFile(io.BytesIO(first + b"".join(pieces)))
    entries = [json.loads(each)["entry"] for each in file.open("ledger/entries.jsonl")]
    checks = [json.loads(each) for each in file.open("ledger/checkpoints.jsonl")]
    assert [each["position"] for each in entries] == list(range(1, len(entries) + 1))
    assert all(each["position"] <= len(entries) for each in checks)


HOSTILE = [each for each in CORPUS if isinstance(each, str) and "<" in each][:5]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_somebody_did_is_text(client, embedded, project, text):
    kind = f"k{text}"[:50].replace("\0", "")
    append(
        project.pk, kind, {"who": text, "what": text, "details": {text: text, "before": {text: 1}}}
    )
    erase(project.pk, [1], text, text)
    pages = [page(client, group="all"), *(page(client, f"{LEDGER}{each}/") for each in (1, 2, 3))]
    shown = page(client, who=text.replace("\0", ""), q=text[:100].replace("\0", ""))
    for each in (*pages, shown):
        assert "<script>" not in each
        assert not re.search(r"<(img|svg|iframe)\b(?![^>]*class)", each)


@pytest.mark.parametrize("text", ["[]", "1", '"x"', "null", '{"who": 1, "what": {}, "details": 5}'])
def test_what_somebody_wrote_into_the_database_breaks_no_page(client, embedded, told, text):
    tamper(f"update ledger_content set text = '{text}' where position = 2")
    assert positions(page(client)) == [3, 2]
    assert "Something is wrong with this entry" in page(client, f"{LEDGER}2/")
    assert "Something is wrong at position 2" in verify(client)


def test_a_list_takes_as_many_queries_however_long_it_is(client, embedded, told):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            page(client)
        return len(found)

    page(client)
    erase(told.pk, [2], "ann", "asked for")
    few = queries()
    for number in range(30):
        note_change("view", told.pk, f"ann {number}", "Saved a view", {})
    erase(told.pk, range(4, 20), "ann", "asked for")
    assert queries() == few


def found_of(**said) -> Found:
    """An entry that says this."""
    link = Entry(1, 2, "2026-11-26T12:00:00.000000Z", "rule", "", "", "", "", "")
    return Found(link, json.dumps(said))


def test_differences_are_told_part_by_part():
    assert differences({"before": "1", "after": "2"}) == [Difference("", "1", "2")]
    assert differences({"was": {"a": {"b": 1, "c": 2}}, "to": {"a": {"b": 3, "c": 2}}}) == [
        Difference("a, b", "1", "3")
    ]
    assert differences({"before": None, "after": {"limit": "5"}}) == [Difference("limit", "", "5")]
    assert differences({"was": {"name": "x"}}) == [Difference("name", "x", "")]
    assert differences({"before": 1, "after": 1}) == differences({"x": 1}) == differences(5) == []


@pytest.mark.parametrize(
    ("details", "title", "columns"),
    [
        ({"before": None, "after": {"limit": "5", "only": {}}}, "What was set", ["Part", "After"]),
        ({"was": {"limit": "5"}}, "What was removed", ["Part", "Before"]),
        (
            {"was": {"limit": "5"}, "to": {"only": "x"}},
            "What was changed",
            ["Part", "Before", "After"],
        ),
    ],
)
def test_only_what_there_is_has_a_column(client, embedded, project, details, title, columns):
    note_change("rule", project.pk, "ann", "Did something to a rule", details)
    shown = page(client, f"{LEDGER}2/")
    assert title in shown
    assert re.findall(r'<th scope="col">(\w+)</th>', shown) == columns


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (None, "nothing"),
        ("", "nothing"),
        ([], "nothing"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (["a", "b"], "a, b"),
        ({"a": "é", "b_c": [1, {"d": None, "e": 2}], "f": {}}, "a: é, b c: (1, (e: 2))"),
        ({"a": None}, "nothing"),
        ([[[[["x", {}]]]]], '(((["x", {}])))'),
    ],
)
def test_values_in_words(value, read):
    assert in_words(value) == read


def test_a_line_tells_of_what_there_is():
    assert line(found_of(), None).what == "It says nothing that can be read."
    assert line(found_of(at="nonsense", what="x"), None).at == datetime(
        2026, 11, 26, 12, tzinfo=UTC
    )
    assert line(found_of(at="2025-01-01T00:00:00.000000Z"), None).at.year == 2025


def test_where_else_a_checkpoint_is_kept_is_told(client, embedded, told):
    place = {"project_id": told.pk, "position": checkpoint(told.pk).position}
    now = datetime(2026, 11, 26, tzinfo=UTC)
    assert "nowhere" in words(page(client, CHECKPOINTS))
    Anchored.objects.create(**place, anchor="file", place="/mnt/<kept>", done_at=now)
    Anchored.objects.create(**place, anchor="webhook", reason="answered 500: <b>", next_at=now)
    Anchored.objects.create(**place, anchor="of another version")
    shown = page(client, CHECKPOINTS)
    read = words(shown)
    assert "File: /mnt/<kept>" in read
    assert "answered 500: <b>, tried again" in read
    assert "of another version: not there, given up" in read
    assert shown.count('<li class="tone"') == 3
    assert "<kept>" not in shown
    assert "<b>" not in shown


def test_a_word_is_looked_for_further_back_from_page_to_page(client, embedded, told, monkeypatch):
    monkeypatch.setattr("agentscope.audit.read.LOOKED_THROUGH", 1)
    shown = page(client, q="day")
    assert "No entry matches these filters so far" in shown
    assert "It was looked for back to position 3 of" in words(shown)
    (further,) = re.findall(r'rel="next" href="([^"]+)">Look further back', shown)
    assert positions(page(client, html.unescape(further))) == [2]
