"""The lossless rest of a span or log record as one compressed blob.

zstd of: four bytes of length, the record as protobuf exactly as it was understood on the wire
(unknown fields included), then JSON of what we read out of it. Both in one frame, because the
second repeats texts of the first and so costs next to nothing.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from agentscope.compression import compress, decompress
from agentscope.vocabulary import Meaning

LENGTH = 4


@dataclass(slots=True)
class Payload:
    """What is kept of one record: `raw` protobuf, and what was read out of it as plain JSON.

    `content` has the fields of `vocabulary.Content`, those that are set; `sources` says which
    attribute each field came from; `said` holds the other fields of `Meaning` without a column.
    """

    raw: bytes
    content: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)


def pack_payload(raw: bytes, meaning: Meaning) -> bytes:
    """The blob of a record and what was understood of it."""
    said = {name: getattr(meaning, name) for name in SAID if getattr(meaning, name)}
    rest = {"content": meaning.content, "sources": meaning.sources, "said": said}
    text = orjson.dumps(rest, default=plain, option=orjson.OPT_NON_STR_KEYS)
    return compress(len(raw).to_bytes(LENGTH, "little") + raw + text)


SAID = ("agent_id", "request_model", "framework", "error_message")


def unpack_payload(blob: bytes) -> Payload:
    """What `pack_payload` packed."""
    body = decompress(blob)
    end = LENGTH + int.from_bytes(body[:LENGTH], "little")
    rest = orjson.loads(body[end:])
    content = {name: value for name, value in rest["content"].items() if value not in (None, [])}
    return Payload(body[LENGTH:end], content, rest["sources"], rest["said"])


def plain(value: object) -> object:
    """What JSON has no word for: bytes become {"$bytes": base64}; whole numbers beyond 64 bits and
    strings with lone surrogates become text."""
    if isinstance(value, bytes):
        return {"$bytes": b64encode(value).decode()}
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    raise TypeError(type(value).__name__)


def content_of(meaning: Meaning) -> dict[str, Any]:
    """The content of a meaning as `unpack_payload` would give it. For tests and previews."""
    return {
        name: value for name, value in asdict(meaning.content).items() if value not in (None, [])
    }
