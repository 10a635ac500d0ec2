"""An evidence pack: what is in it, and that its verifier finds what somebody changed in it."""

import json
import re
import subprocess
import sys
from base64 import b64encode
from hashlib import sha256
from io import StringIO
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command

from agentscope.budgets.models import Answer
from agentscope.ledger.kinds import RECORDS
from agentscope.ledger.read import newest
from agentscope.ledger.write import append
from agentscope.packs import content, page
from agentscope.packs.asked import Asked
from agentscope.packs.proof import own_key
from agentscope.packs.write import make
from agentscope.projects.changes import note_change
from agentscope.projects.write import create_project
from agentscope.records.models import Record
from agentscope.traces.models import Span, Trace
from tests.kit.corpus import cases, replay

NAME = "openai-agents-openinference"
EVIL = "<script>alert(1)</script>"
FILES = {
    "MANIFEST.json",
    "README.txt",
    "answers.jsonl",
    "decisions.jsonl",
    "index.html",
    "ledger/checkpoints.jsonl",
    "ledger/entries.jsonl",
    "ledger/stamps.jsonl",
    "reviews.jsonl",
    "traces.jsonl",
    "verifier.py",
}


@pytest.fixture
def shop(db):
    """A project with recorded runs, an answer about one of them, and a change."""
    found = create_project("shop")
    note_change("price", found.pk, "ann", f"Set a price: {EVIL}", {})
    replay(next(case for case in cases() if case.name == NAME), found.pk)
    said = {"decision": "allow", "asked": {}, "said": {"lag_seconds": 0.125}}
    trace = Trace.objects.first()
    Answer.objects.create(
        project_id=found.pk, at=trace.started_at, trace=trace.trace_id, session="é", **said
    )
    return found


@pytest.fixture
def trace(shop):
    return Trace.objects.first().trace_id.hex


def audit(*words):
    """What the command prints."""
    out = StringIO()
    call_command("audit", *map(str, words), stdout=out)
    return out.getvalue()


def names(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def lines(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def verified(folder, *more):
    """How the verifier of a pack ends, and what it says."""
    done = subprocess.run(
        [sys.executable, "-I", folder / "verifier.py", folder, "--key", own_key(), *more],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_a_trace_with_all_that_proves_it(shop, trace, tmp_path):
    said = audit("pack", "shop", tmp_path / "pack", "--trace", trace)
    assert names(tmp_path / "pack") == FILES | {f"otlp/{trace}.json", f"otlp/{trace}.logs.json"}
    assert f"A pack of the trace {trace}: 1 trace, " in said
    code, told = verified(tmp_path / "pack")
    assert (code, "All is well." in told) == (0, True), told
    assert "12 files are in it, 0 faults" in told
    count = Record.objects.filter(trace_id=trace).count()
    assert f"the ledger holds: 1; of which no entry in this pack tells: {count}." in told


def test_its_decisions_have_the_digests_that_they_say(shop, trace, tmp_path):
    audit("pack", "shop", tmp_path / "pack", "--trace", trace)
    found = lines(tmp_path / "pack" / "decisions.jsonl")
    assert len(found) == Record.objects.filter(trace_id=trace).count() > 0
    for each in found:
        assert sha256(each["text"].encode()).hexdigest() == each["digest"]


def test_its_spans_can_be_sent_again(shop, trace, tmp_path):
    audit("pack", "shop", tmp_path / "pack", "--trace", trace)
    said = json.loads((tmp_path / "pack" / "otlp" / f"{trace}.json").read_text())
    spans = [span for each in said["resourceSpans"] for span in each["scopeSpans"][0]["spans"]]
    assert len(spans) == Span.objects.filter(trace_id=trace).count()
    assert {span["traceId"] for span in spans} == {trace}


def test_one_decision(shop, tmp_path):
    record = Record.objects.filter(agent="Billing").first()
    span = f"{record.span_id & (1 << 64) - 1:016x}"
    audit("pack", "shop", tmp_path / "p", "--trace", record.trace_id.hex, "--decision", span)
    (found,) = lines(tmp_path / "p" / "decisions.jsonl")
    assert (found["agent"], found["id"]) == ("Billing", span)
    assert verified(tmp_path / "p")[0] == 0


def test_a_session(shop, trace, tmp_path):
    session = Trace.objects.get(trace_id=trace).session
    Record.objects.update(session=session)
    audit("pack", "shop", tmp_path / "pack", "--session", session)
    assert {each["session"] for each in lines(tmp_path / "pack" / "traces.jsonl")} == {session}


def test_a_period_as_a_zip_file(shop, tmp_path):
    audit("pack", "shop", tmp_path / "pack.zip", "--from", "2020-01-01", "--until", "2100-01-01")
    with ZipFile(tmp_path / "pack.zip") as archive:
        archive.extractall(tmp_path / "out")
    assert names(tmp_path / "out") > FILES
    code, told = verified(tmp_path / "out")
    assert (code, "All is well." in told) == (0, True), told


def test_what_is_not_of_the_period_is_not_in_it(shop, tmp_path):
    audit("pack", "shop", tmp_path / "pack", "--until", "2020-01-01")
    for name in ("traces", "decisions", "answers"):
        assert lines(tmp_path / "pack" / f"{name}.jsonl") == []
    assert "No decision is recorded of it." in (tmp_path / "pack" / "index.html").read_text()


def test_the_ledger_tells_who_took_it(shop, trace, tmp_path):
    said = audit("pack", "shop", tmp_path / "pack", "--trace", trace)
    (told,) = newest(shop.pk, 1, kinds=["export"])
    assert told.said["what"] == f"Exported an evidence pack of the trace {trace}."
    digest = sha256((tmp_path / "pack" / "MANIFEST.json").read_bytes()).hexdigest()
    assert told.said["details"]["manifest"] == digest
    assert digest in said
    assert f"The manifest has the SHA-256 {digest}." in verified(tmp_path / "pack")[1]


def test_the_page_says_it_in_words_and_runs_nothing(shop, trace, tmp_path):
    Record.objects.filter(trace_id=trace).update(agent=EVIL, end_user="ann")
    audit("pack", "shop", tmp_path / "pack", "--trace", trace)
    html = (tmp_path / "pack" / "index.html").read_text()
    assert "<script" not in html
    assert "<h3>&lt;script&gt;alert(1)&lt;/script&gt;, for ann in session sess-" in html
    assert "Set a price: &lt;script&gt;" in html
    assert "default-src &#x27;none&#x27;" in html or "default-src 'none'" in html
    assert not re.search(r"https?://|src=|href=", html)


def break_file(name, before, after):
    """Change a file of a pack."""

    def do(folder):
        file = folder / name
        text = file.read_text()
        assert before in text
        file.write_text(text.replace(before, after, 1))

    return do


def remanifest(name, before, after):
    """Change a file, and what the manifest says of it."""

    def do(folder):
        break_file(name, before, after)(folder)
        said = json.loads((folder / "MANIFEST.json").read_text())
        said["files"][name] = sha256((folder / name).read_bytes()).hexdigest()
        (folder / "MANIFEST.json").write_text(json.dumps(said))

    return do


ATTACKS = {
    "a decision is changed": (
        break_file("decisions.jsonl", "Refunds", "Billing"),
        "The file decisions.jsonl was changed.",
    ),
    "a file is removed": (
        lambda folder: (folder / "traces.jsonl").unlink(),
        "The file traces.jsonl is missing.",
    ),
    "a file is put beside": (
        lambda folder: (folder / "otlp" / "more.json").write_text("{}"),
        "The file otlp/more.json is not in the manifest.",
    ),
    "an answer is changed, and the manifest": (
        remanifest("answers.jsonl", "allow", "stop!"),
        "is not the one that entry",
    ),
    "an entry is changed, and the manifest": (
        remanifest("ledger/entries.jsonl", "given to who", "taken by who"),
        "its content was changed",
    ),
}


def test_a_decision_is_the_one_whose_digest_the_ledger_holds(shop, trace, tmp_path):
    found = Record.objects.filter(trace_id=trace)
    digests = b64encode(b"".join(bytes(each.digest) for each in found)).decode()
    entry = append(shop.pk, RECORDS, {"what": "Decisions.", "digests": digests})
    found.update(recorded=entry.position)
    audit("pack", "shop", tmp_path / "pack", "--trace", trace)
    code, told = verified(tmp_path / "pack")
    assert (code, f"the ledger holds: {len(found) + 1};" in told) == (0, True), told
    escaped = r"name\":\"sess-"  # of the text whose digest it is
    remanifest("decisions.jsonl", escaped, escaped + "x")(tmp_path / "pack")
    code, told = verified(tmp_path / "pack")
    assert code == 1
    assert f"is not the one that entry {entry.position} tells of" in told


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_verifier_names_what_was_changed(attack, shop, trace, tmp_path):
    folder = tmp_path / "pack"
    audit("pack", "shop", folder, "--trace", trace)
    do, sentence = ATTACKS[attack]
    do(folder)
    code, told = verified(folder)
    assert "All is well" not in told
    assert code == 1
    assert sentence in told


def test_what_is_left_out_is_told(shop, tmp_path, monkeypatch):
    monkeypatch.setitem(content.MOST, "traces", 1)
    monkeypatch.setattr(page, "MOST_SHOWN", 1)
    for number in range(2):
        Trace.objects.create(
            project_id=shop.pk, trace_id=f"{number + 1:032x}", started_at="2026-01-01T00:00Z",
            start_ns=0,
        )  # fmt: skip
    count = Trace.objects.filter(project_id=shop.pk).count()
    said = audit("pack", "shop", tmp_path / "pack", "--from", "2020-01-01")
    sentence = f"{count - 1} of {count} traces are left out: name a shorter time."
    assert sentence in said
    assert f"LEFT OUT: {sentence}" in (tmp_path / "pack" / "README.txt").read_text()
    assert sentence in (tmp_path / "pack" / "index.html").read_text()
    assert "more are in decisions.jsonl" in (tmp_path / "pack" / "index.html").read_text()
    assert len(lines(tmp_path / "pack" / "traces.jsonl")) == 1


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([], "Name one: a period, a session, or a trace."),
        (["--trace", "1" * 32, "--session", "s"], "Name one: "),
        (["--from", "2026-01-01", "--decision", "1" * 16], "A decision is one of a trace"),
        (["--trace", "f" * 32], "This project has not the trace ffff"),
        (["--session", "nobody"], "This project has not the session “nobody”"),
        (["--trace", "no id"], "argument --trace: “no id” is none: write the 32"),
        (["--from", "yesterday"], "argument --from: “yesterday” is none: write 2026-11-01"),
    ],
)
def test_what_cannot_be_packed_is_told(words, reason, shop, tmp_path):
    with pytest.raises(CommandError, match=reason):
        audit("pack", "shop", tmp_path / "pack", *words)
    assert list(tmp_path.iterdir()) == []


def test_a_decision_that_is_not_there(shop, trace, tmp_path):
    with pytest.raises(CommandError, match="This project has not the decision 1111"):
        audit("pack", "shop", tmp_path / "pack", "--trace", trace, "--decision", "1" * 16)


def test_a_pack_that_is_there_stays(shop, trace, tmp_path):
    (tmp_path / "pack.zip").write_text("mine")
    with pytest.raises(CommandError, match="is there already"):
        audit("pack", "shop", tmp_path / "pack.zip", "--trace", trace)
    assert (tmp_path / "pack.zip").read_text() == "mine"


def test_a_pack_that_fails_leaves_nothing_behind(shop, tmp_path, monkeypatch):
    def fail(*_):
        raise RuntimeError

    monkeypatch.setattr(content, "tell", fail)
    for name in ("pack", "pack.zip"):
        with pytest.raises(RuntimeError):
            make(Asked(shop), tmp_path / name, "ann")
    assert list(tmp_path.iterdir()) == []


def test_no_pack_holds_anything_of_another_project(shop, trace, tmp_path):
    other = create_project("other")
    note_change("price", other.pk, "eve", "Of another one.", {})
    with pytest.raises(CommandError, match="This project has not the trace"):
        audit("pack", "other", tmp_path / "pack", "--trace", trace)
    audit("pack", "shop", tmp_path / "pack", "--from", "2020-01-01")
    for path in (tmp_path / "pack").rglob("*"):
        assert path.is_dir() or "Of another one." not in path.read_text()
