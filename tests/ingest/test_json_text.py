"""Whichever parser reads a body, it says the same."""

import json

import pytest

from ingest import json_text
from ingest.otlp import decode_traces
from ingest.refused import Undecodable
from tests.kit.otlp import JSON, one_span_json

VALUES = [
    '{"intValue": 9223372036854775807}',
    '{"intValue": 1e3}',
    '{"doubleValue": NaN}',
    '{"doubleValue": 1e999}',
    '{"stringValue": "\\ud800"}',
    '{"stringValue": "caf\xff"}',
    '{"intValue": ' + "9" * 5000 + "}",
    '{"arrayValue": {"values": [' * 400 + "]}}" * 400,
    '{"arrayValue": {"values": [' * 2000 + "]}}" * 2000,
]


@pytest.mark.parametrize("value", VALUES)
def test_a_large_body_is_read_as_a_small_one(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = json.dumps(one_span_json(attributes=[{"key": "a", "value": "VALUE"}]))
    body = said.replace('"VALUE"', value).encode("latin-1")
    small = decode_traces(body, JSON)
    monkeypatch.setattr(json_text, "LARGE", 0)
    large = decode_traces(body, JSON)
    assert [repr(span.attributes) for span in large.items] == [
        repr(span.attributes) for span in small.items
    ]
    assert [span.flags for span in large.items] == [span.flags for span in small.items]
    assert large.notes == small.notes


@pytest.mark.parametrize("large", [0, json_text.LARGE])
@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b'{"a":' * 100_000, b"\xff", b"{}{}"])
def test_what_is_no_json_is_undecodable(
    body: bytes, large: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_text, "LARGE", large)
    with pytest.raises(Undecodable):
        decode_traces(body, JSON)
