"""Whatever is changed in an export, the verifier says so: changes that nobody thought of."""

import json
import shutil
from copy import deepcopy
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.agentscope.packs.hostile import FAKE, LINES, told

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(FAKE),
    lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(), some, max_size=3),
    max_leaves=4,
)
CHANGES = st.one_of(
    st.tuples(st.just("byte"), st.integers(0), st.integers(0), st.binary(max_size=3)),
    st.tuples(st.just("value"), st.integers(0), st.integers(0), VALUES),
    st.tuples(st.just("line"), st.integers(0), st.integers(0), VALUES),
    st.tuples(st.just("drop"), st.integers(0), st.integers(0), st.none()),
    st.tuples(st.just("swap"), st.integers(0), st.integers(0), st.none()),
    st.tuples(st.just("remove"), st.integers(0), st.integers(0), st.none()),
    st.tuples(st.just("add"), st.integers(0), st.integers(0), st.text(max_size=9)),
)


def is_list(said):
    return isinstance(said, list)


def places(said, path=()):
    """The ways to all values in JSON."""
    yield path
    inner = said.items() if isinstance(said, dict) else enumerate(said if is_list(said) else ())
    for name, value in inner:
        yield from places(value, (*path, name))


def with_value(said, number, value):
    """JSON in which one value is another."""
    ways = list(places(said))
    way = ways[number % len(ways)]
    whole = [deepcopy(said)]
    at, name = whole, 0
    for step in way:
        at, name = at[name], step
    at[name] = value
    return whole[0]


def tried(file, kind, number, value):
    """Change a file in one of these ways."""
    data = file.read_bytes()
    if kind == "byte":
        at = number % (len(data) + 1)
        data = data[:at] + value + data[at + 1 :]
    elif kind == "value":
        data = lines_with(data, number, value)
    else:
        lines = data.splitlines(keepends=True) or [b""]
        at = number % len(lines)
        if kind == "line":
            lines.insert(at, json.dumps(value).encode() + b"\n")
        elif kind == "drop":
            del lines[at]
        else:
            lines[at], lines[0] = lines[0], lines[at]
        data = b"".join(lines)
    file.write_bytes(data)


def lines_with(data, number, value):
    """JSON, or lines of it, in which one value is another."""
    try:
        return json.dumps(with_value(json.loads(data), number, value)).encode()
    except ValueError:
        lines = data.splitlines(keepends=True) or [b"0"]
        at = number % len(lines)
    try:
        said = json.loads(lines[at])
    except ValueError:
        return data
    lines[at] = json.dumps(with_value(said, number // len(lines), value)).encode() + b"\n"
    return b"".join(lines)


def changed_by(changes, folder):
    """Change what is in a folder."""
    for kind, which, number, value in changes:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        file = files[which % len(files)]
        if kind == "remove" and len(files) > 1:
            file.unlink()
        elif kind == "add":
            (file.parent / f"more{number}").write_text(value, errors="replace")
        elif kind != "remove":
            tried(file, kind, number, value)


def meant(folder):
    """What a ledger says: entries in their order, checkpoints, and the names of files."""
    names = {path.name for path in folder.iterdir()}
    said = {
        name: [json.loads(line) for line in (folder / name).read_bytes().splitlines()]
        for name in LINES
    }
    told_of = {json.dumps(each, sort_keys=True) for each in said["checkpoints.jsonl"]}
    return names, said["entries.jsonl"], said["stamps.jsonl"], told_of


OFTEN = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@OFTEN
@given(changes=st.lists(CHANGES, min_size=1, max_size=3))
def test_a_ledger_is_well_only_if_it_says_what_it_said(changes, ledger, alone):
    with TemporaryDirectory() as place:
        folder = Path(shutil.copytree(ledger, Path(place) / "ledger"))
        changed_by(changes, folder)
        code, _ = told(alone, folder, "--kept", ledger.parent / "kept.jsonl")
        if code == 0:
            *same, checkpoints = meant(ledger)
            *now, fewer = meant(folder)
            assert set(now[0]) | {"verifier.py"} == same[0]
            assert now[1:] == same[1:]
            assert fewer <= checkpoints, "a checkpoint that is gone is in the file that was kept"


@OFTEN
@given(changes=st.lists(CHANGES, min_size=1, max_size=3), is_told=st.booleans())
def test_a_pack_is_well_only_if_it_is_what_it_was(changes, is_told, pack, alone, tmp_path):
    with TemporaryDirectory() as place:
        folder = Path(shutil.copytree(tmp_path / "pack", Path(place) / "pack"))
        changed_by(changes, folder)
        manifest = folder / "MANIFEST.json"
        if is_told and manifest.is_file():
            try_to_hide(folder, manifest)
        if told(alone, folder, "--manifest", pack)[0] == 0:
            assert contents(folder) == contents(tmp_path / "pack")
        told(alone, folder)


def try_to_hide(folder, manifest):
    """Let the manifest fit, if it still is one."""
    try:
        said = json.loads(manifest.read_bytes())
        said["files"] = {
            name: sha256(data).hexdigest()
            for name, data in contents(folder).items()
            if name != manifest.name
        }
    except (ValueError, TypeError):
        return
    manifest.write_text(json.dumps(said))


def contents(folder):
    """The bytes of all files."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
