"""What was sent and what it should mean: one test over every pair in tests/wire/<dialect>/.

A pair is a JSON file: `why` it is here, a `span` or a `log` as it was sent, and its `meaning`. Only
what is set is written down; `sources`, `session_rung` and the rule of the usage are compared where
the pair names them. To add a captured payload, add a file.
"""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from agentscope.vocabulary import (
    Discarded,
    Flag,
    Kind,
    Meaning,
    Rung,
    Status,
    UsageRule,
    Value,
    WireEvent,
    WireScope,
)
from ingest.dialects import DIALECTS, understand, understand_log
from tests.kit.corpus import WIRE
from tests.kit.spans import wire_log, wire_span

PAIRS = [path for dialect in DIALECTS for path in sorted((WIRE / dialect.NAME).glob("*.json"))]
STATUS = {"unset": 0, "ok": 1, "error": 2}


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_it_means_what_is_written_down(path: Path) -> None:
    pair = json.loads(path.read_text())
    assert pair["why"]
    meaning = understand_log(log(pair["log"])) if "log" in pair else understand(span(pair["span"]))
    found, wanted = plain(meaning), pair["meaning"]
    sources = found.pop("sources", {})
    assert {name: sources.get(name) for name in wanted.get("sources", {})} == wanted.pop(
        "sources", {}
    )
    if "session_rung" not in wanted:
        found.pop("session_rung", None)
    if "usage" in found and "rule" not in wanted.get("usage", {}):
        found["usage"].pop("rule", None)
    assert found == wanted


def test_every_dialect_has_pairs() -> None:
    assert {path.parent.name for path in PAIRS} == {dialect.NAME for dialect in DIALECTS}


def span(said: dict[str, Any]) -> Any:
    """A span as a pair describes it."""
    events = [
        WireEvent(event["name"], 0, event.get("attributes", {})) for event in said.get("events", [])
    ]
    return wire_span(
        name=said["name"],
        scope=scope(said),
        attributes=said.get("attributes", {}),
        events=events,
        status_code=STATUS[said.get("status", "unset")],
        status_message=said.get("status_message", ""),
    )


def log(said: dict[str, Any]) -> Any:
    """A log record as a pair describes it."""
    return wire_log(
        event_name=said["event"],
        scope=scope(said),
        attributes=said.get("attributes", {}),
        body=said.get("body"),
    )


def scope(said: dict[str, Any]) -> WireScope:
    return WireScope(said.get("resource", {}), said.get("scope", ""), "", {}, "", b"")


def plain(value: Value) -> Any:
    """A meaning as JSON can say it, without what is not set."""
    if isinstance(value, Kind | Status):
        return value.word
    if isinstance(value, Rung | Discarded):
        return value.word if value else None
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Flag | UsageRule):
        return [flag.name for flag in value]
    if isinstance(value, Enum | Decimal):
        return str(value)
    if isinstance(value, frozenset):
        return sorted(value)
    if is_dataclass(value):
        return dict(set_fields(value))
    return [plain(item) for item in value] if isinstance(value, list) else value


def set_fields(value: Any) -> Iterator[tuple[str, Any]]:
    """The fields that say something."""
    for at in fields(value):
        said = plain(getattr(value, at.name))
        if said is not None and said is not False and said not in ("", [], {}, "unset"):
            yield at.name, said


def test_only_what_is_set_is_written_down() -> None:
    assert plain(Meaning()) == {"kind": "other"}
