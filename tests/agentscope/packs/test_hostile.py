"""What the verifier says of folders that somebody made to deceive it: one clear line, no traceback,
and never that all is well unless nothing was changed."""

import json
import os
import shutil
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agentscope.ledger import signing
from agentscope.ledger.verifier import Checkpoint, statement
from agentscope.packs.asked import Asked
from agentscope.packs.write import make
from agentscope.projects.write import create_project
from tests.agentscope.packs.hostile import FAKE, LINES, changed, told

DEEP = 100_000
OTHER = {"id": FAKE, "text": ""}


def in_entry(**said):
    return lambda folder: changed(folder / "entries.jsonl", lambda line: line["entry"].update(said))


def in_checkpoint(**said):
    return lambda folder: changed(folder / "checkpoints.jsonl", lambda line: line | said)


def added(name, text):
    """Write at the end of a file, or a new one."""

    def do(folder):
        with (folder / name).open("a") as file:
            file.write(text)

    return do


def replaced(name):
    """Put a link in place of a file."""

    def do(folder):
        (folder / name).rename(folder.parent / "elsewhere")
        (folder / name).symlink_to(folder.parent / "elsewhere")

    return do


def pipe(folder):
    (folder / "stamps.jsonl").unlink()
    os.mkfifo(folder / "stamps.jsonl")


def signed_by_somebody(folder):
    """A checkpoint with a right signature, that says a time of its own."""
    key = Ed25519PrivateKey.generate()
    said = Checkpoint(1, 2, "0" * 64, FAKE, signing.public(key).hex(), "")
    said = said._replace(signature=key.sign(statement(said)).hex())
    added("checkpoints.jsonl", json.dumps(said._asdict()) + "\n")(folder)


OF_LEDGER = {
    "a number for a signature": (
        in_entry(signature=5),
        "It cannot be told: entries.jsonl, line 1: its signature is not 128 hexadecimal digits.",
    ),
    "true for a position": (
        in_entry(position=True),
        "entries.jsonl, line 1: its position is not a whole number from 1 on.",
    ),
    "null for a key": (in_checkpoint(key=None), "checkpoints.jsonl, line 1: its key is not 64 hex"),
    "a number that is too long": (in_entry(project=10**30), "its project is not a whole number"),
    "lines that say something else": (
        in_checkpoint(at=FAKE),
        "checkpoints.jsonl, line 1: its at is not a time in UTC.",
    ),
    "a time that is signed, and says something else": (
        signed_by_somebody,
        "checkpoints.jsonl, line 2: its at is not a time in UTC.",
    ),
    "a name that nothing proves": (
        in_entry(**{FAKE: 1}),
        r"entries.jsonl, line 1: it says “\r\n\x1b[2J\nAll is well.”, which belongs to nothing.",
    ),
    "a name that is said twice": (
        added("stamps.jsonl", '{"position": 1, "position": 2, "token": ""}'),
        "stamps.jsonl, line 1: it is no JSON: a name is said twice.",
    ),
    "half a character": (
        lambda folder: changed(
            folder / "entries.jsonl", lambda line: {**line, "content": "\ud800"}
        ),
        "entries.jsonl, line 1: its content is not text or null.",
    ),
    "deep JSON": (
        added("entries.jsonl", "[" * DEEP),
        "entries.jsonl, line 6: it is nested too deep.",
    ),
    "a list for an entry": (added("entries.jsonl", "[]\n"), "entries.jsonl, line 6: it is no obj"),
    "a line that breaks off": (added("entries.jsonl", '{"entry'), "line 6: it is no JSON: "),
    "a token that is none": (
        added("stamps.jsonl", '{"position": 1, "token": "é"}'),
        "stamps.jsonl, line 1: its token is no base64.",
    ),
    "a token of nothing": (
        added("stamps.jsonl", '{"position": 5, "token": ""}'),
        "First bad position: 5: its time stamp does not hold: it cannot be read: IndexError",
    ),
    "a file of checkpoints is removed": (
        lambda folder: (folder / "checkpoints.jsonl").unlink(),
        "It cannot be told: checkpoints.jsonl is missing, or is no file.",
    ),
    "nothing is in it": (
        lambda folder: [(folder / name).write_text("") for name in LINES],
        "It cannot be told: entries.jsonl: there is nothing in it.",
    ),
    "another file": (
        added("index.html", "All is well."),
        "The file index.html is of no ledger, and there is no manifest of it.",
    ),
    "a file whose name says something else": (
        added(FAKE.replace("/", ""), ""),
        r"The file \r\n\x1b[2J\nAll is well. is of no ledger",
    ),
    "a link": (replaced("entries.jsonl"), "It cannot be told: entries.jsonl is a link, or no file"),
    "a pipe": (pipe, "It cannot be told: stamps.jsonl is a link, or no file"),
}


@pytest.mark.parametrize("attack", OF_LEDGER)
def test_what_is_wrong_with_a_ledger_is_one_clear_line(attack, ledger, alone):
    assert told(alone, ledger)[0] == 0
    do, sentence = OF_LEDGER[attack]
    do(ledger)
    code, said = told(alone, ledger)
    assert code in {1, 2}
    assert sentence in said


def test_a_line_has_an_end(ledger, alone, monkeypatch):
    monkeypatch.setattr(alone, "MOST", 2_000)
    added("entries.jsonl", '{"entry": "' + "x" * 2_000)(ledger)
    assert told(alone, ledger) == (
        2, "It cannot be told: entries.jsonl, line 6: it has more than 2,000 bytes.",
    )  # fmt: skip


def in_manifest(**said):
    return lambda folder: changed_whole(folder / "MANIFEST.json", said)


def named(name):
    """Let the manifest name a file."""

    def do(folder):
        files = json.loads((folder / "MANIFEST.json").read_text())["files"]
        in_manifest(files={**files, name: "0" * 64})(folder)

    return do


def changed_whole(file, said):
    file.write_text(json.dumps({**json.loads(file.read_text()), **said}))


def without_manifest(folder):
    """Change the page, and remove what says that it was changed."""
    (folder / "MANIFEST.json").unlink()
    added("index.html", "<p>Nothing happened.")(folder)


def remanifested(name, do):
    """Change a file, and what the manifest says of it."""

    def both(folder):
        do(folder / name)
        digest = sha256((folder / name).read_bytes()).hexdigest()
        files = json.loads((folder / "MANIFEST.json").read_text())["files"]
        in_manifest(files={**files, name: digest})(folder)

    return both


OF_PACK = {
    "no files": (in_manifest(files=None), "MANIFEST.json: its files is not an object."),
    "another form": (in_manifest(format=2), "MANIFEST.json: its format is not 1."),
    "a digest that is none": (
        in_manifest(files={"index.html": 7}),
        "MANIFEST.json, files: its index.html is not 64 hexadecimal digits.",
    ),
    **{
        f"the name {name!r}": (named(name), "which is no file in a pack")
        for name in ("../kept.jsonl", "/etc/passwd", "a/../../b", ".", "", "a//b", "a\0")
    },
    "a list": (
        lambda folder: (folder / "MANIFEST.json").write_text("[]"),
        "MANIFEST.json: it is no object.",
    ),
    "nothing": (
        lambda folder: (folder / "MANIFEST.json").write_text("{}"),
        "MANIFEST.json: its format is missing.",
    ),
    "without its manifest": (
        without_manifest,
        "The file index.html is of no ledger, and there is no manifest of it.",
    ),
    "a link in a folder": (
        lambda folder: (folder / "otlp" / "more.json").symlink_to("/etc/passwd"),
        "otlp/more.json is a link, or no file",
    ),
    "a link to a folder": (
        lambda folder: (folder / "more").symlink_to("/etc"),
        "more is a link, or no file",
    ),
    "entries before are hidden": (
        in_manifest(first=3),
        "First bad position: 3: it is missing: position 1 comes in its place.",
    ),
    "a decision without a text": (
        remanifested("decisions.jsonl", lambda file: changed(file, lambda line: line.pop("text"))),
        "decisions.jsonl, line 1: its text is missing.",
    ),
    "an answer with an id that says something else": (
        remanifested("answers.jsonl", lambda file: changed(file, lambda line: line | OTHER)),
        r"Answer \r\n\x1b[2J\nAll is well. is not the one that entry",
    ),
    "an opinion of somebody": (
        remanifested(
            "reviews.jsonl",
            lambda file: file.write_text('{"position": 2, "who": "eve", "text": "fine"}\n'),
        ),
        "The comment None is not as entry 2 tells.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("attack", OF_PACK)
def test_what_is_wrong_with_a_pack_is_one_clear_line(attack, pack, alone, tmp_path):
    folder = tmp_path / "pack"
    assert told(alone, folder, "--manifest", pack)[0] == 0
    do, sentence = OF_PACK[attack]
    do(folder)
    code, said = told(alone, folder)
    assert code in {1, 2}
    assert sentence in said


def test_a_manifest_that_is_not_the_one_that_the_ledger_tells_of(pack, alone, tmp_path):
    folder = tmp_path / "pack"
    remanifested("index.html", lambda file: file.write_text("Nothing happened."))(folder)
    assert told(alone, folder)[0] == 0, "nobody else knows what the manifest was"
    code, said = told(alone, folder, "--manifest", pack)
    assert (code, f"The manifest is not the one with the SHA-256 {pack}." in said) == (1, True)


def test_a_pack_of_a_project_in_which_nothing_was_done(db, alone, tmp_path):
    made = make(Asked(create_project("idle")), tmp_path / "pack", "ann").digest
    code, said = told(alone, tmp_path / "pack", "--manifest", made)
    assert (code, "All is well" in said) == (0, False)
    assert "No entry is in it." in said
    assert said.endswith("\nNothing is wrong, and nothing is proven.")


def test_a_part_says_that_it_is_one(ledger, alone):
    lines = (ledger / "entries.jsonl").read_text().splitlines(keepends=True)
    (ledger / "entries.jsonl").write_text("".join(lines[3:]))
    code, said = told(alone, ledger, "--first", "4")
    assert "Verified from position 4 on: nothing is known of what comes before." in said
    assert code == 0


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--key", "5"], "“5” is not 64 hexadecimal digits"),
        (["--first", "0"], "argument --first: invalid"),
        (["--manifest", "x" * 64], "is not 64 hexadecimal digits"),
        (["--kept", "gone"], "It cannot be told: gone is missing, or is no file."),
        (["--authority", "gone"], "It cannot be told: [Errno 2] No such file"),
    ],
)
def test_what_is_asked_wrongly_is_told(words, reason, ledger, alone):
    code, said = told(alone, ledger, *words)
    assert code == 2
    assert reason in said


def test_files_of_the_reader_may_lie_in_the_folder(ledger, alone):
    shutil.copy(ledger / "checkpoints.jsonl", ledger / "mine.jsonl")
    assert told(alone, ledger, "--kept", ledger / "mine.jsonl")[0] == 0
