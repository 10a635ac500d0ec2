"""What an entry of the ledger says besides who did what: in words, part by part, or folded."""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode

import pytest

from agentscope.audit.read import Found
from agentscope.ledger.kinds import ANSWERS, RECORDS
from agentscope.ledger.verifier import Entry
from agentscope.ledger.write import append
from agentscope.projects.changes import note_change
from ui.entry_details import LONGEST, ROOM, Detail, details

RECORD = f"{'a' * 32}/{'b' * 16}"


def of(kind: str, **said) -> list[Detail]:
    """What an entry says."""
    link = Entry(1, 2, "2026-11-26T12:00:00.000000Z", kind, "", "", "", "", "")
    return details(Found(link, json.dumps(said)))


def shown(client, position: int = 2) -> str:
    """The details on the page of an entry, as they are read."""
    text = client.get(f"/p/shop/audit/ledger/{position}/").text
    (part,) = re.findall(r'aria-labelledby="details">(.*?)</section>', text, re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", part)).split())


def many(count: int) -> dict[str, object]:
    """What an entry says of so many decisions."""
    digests = b"".join(number.to_bytes(32) for number in range(count))
    return {"records": [RECORD] * count, "digests": b64encode(digests).decode()}


def test_what_else_is_said_is_told_by_name():
    said = {"who": "a", "what": "b", "salt": "c", "details": {"before": 1, "a_job": 7, "is": False}}
    assert of("rule", **said) == [Detail("a job", "7"), Detail("is", "no")]
    assert of("rule", details=[1]) == [Detail("details", "1")]
    assert of("rule", details={"a": None, "b": "", "c": [], "d": {}}) == of("rule") == []


def test_an_erasure_is_told_by_the_names_of_what_it_counted():
    counts = {"answers": 0, "records": 2, "read_spans": 2683, "others": 1, "values": {}}
    assert of("erasure", details={"answers": [], "counts": counts}) == [
        Detail(
            "counts",
            parts=[("log records", "2"), ("spans looked through", "2,683"), ("other rows", "1")],
        )
    ]
    assert of("erasure", details={"counts": {"spans": 0}}) == [Detail("counts", "nothing")]


def test_an_export_is_told_part_by_part(client, embedded, project):
    told = {"decision": "ca8d", "session": "", "since": None, "made_in": {"zone": "<b>"}}
    counts = {"answers": 0, "reviews": 1}
    note_change("export", project.pk, "ann", "Exported it.", {"of": told, "counts": counts})
    read = shown(client)
    assert read == "Details counts reviews 1 of decision ca8d made in zone: <b>"


@pytest.mark.parametrize(
    ("seconds", "evidence", "read"),
    [(None, None, ["unknown", "unknown"]), (0, 0, ["0", "0"]), (7, 2, ["7", "2"])],
)
def test_how_somebody_looked_is_unknown_where_nobody_saw_it(seconds, evidence, read):
    found = of("review", details={"seconds": seconds, "evidence": evidence})
    assert [each.words for each in found] == read
    assert of("budget", details={"seconds": None}) == []


def test_digests_are_counted_and_as_they_stand_elsewhere():
    records, digests = of(RECORDS, **many(234))
    assert (records.fold.title, digests.fold.title) == ("234 decisions", "234 digests of decisions")
    assert digests.fold.text.splitlines() == [f"{number:064x}" for number in range(234)]
    assert digests.fold.left == ""
    (answers,) = of(ANSWERS, digests=b64encode(bytes(32 * 9)).decode())
    assert answers.fold.title == "9 digests of answers"


def test_what_is_left_out_is_told(client, embedded, project):
    records, digests = of(RECORDS, **many(1_000))
    for fold in (records.fold, digests.fold):
        assert len(fold.text) <= ROOM
        left = 1_000 - len(fold.text.splitlines())
        assert fold.left.startswith(f"{left} more d")
    append(project.pk, RECORDS, many(1_000))
    read = shown(client, 2)
    assert f"{digests.fold.left}: all of it is below, under what it says" in read


@pytest.mark.parametrize("said", ["x", "é", 5, b64encode(b"x").decode()])
def test_what_holds_no_digests_is_told_as_it_is(said):
    assert of(RECORDS, digests=said) == [Detail("digests", str(said))]


def test_a_long_text_is_folded():
    (whole,) = of("rule", details="x" * LONGEST)
    assert whole.words == "x" * LONGEST
    (cut,) = of("rule", details="x" * (ROOM + 1))
    assert (cut.fold.title, len(cut.fold.text)) == ("20,001 characters", ROOM)
    assert cut.fold.left == "1 more character"
    (parts,) = of("rule", details={"a": {str(number): "x" * 99 for number in range(999)}})
    assert parts.fold.title == "999 items"


def test_what_a_change_leaves_out_is_told(client, embedded, project):
    note_change("rule", project.pk, "ann", "Changed it.", {"before": "x" * 3_000, "after": "y"})
    answer = client.get("/p/shop/audit/ledger/2/").text
    assert '<small>1,001 more characters, <a href="#said">below</a></small>' in answer
