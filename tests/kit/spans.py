"""Wire spans and log records made up on the spot, for tests that need no real sender."""

from typing import Any

from agentscope.vocabulary import Meaning, WireLog, WireScope, WireSpan

NOON = 1_795_608_000 * 10**9  # 2026-11-25 12:00 UTC, in ns
TRACE = bytes.fromhex("0123456789abcdef0123456789abcdef")
SCOPE = WireScope({"service.name": "shop"}, "agents", "1", {}, "", b"envelope of shop")


def wire_span(span: int = 1, **said: Any) -> WireSpan:
    """A span that took a second from noon on; `raw` follows from what is said."""
    fields: dict[str, Any] = {
        "trace_id": TRACE,
        "span_id": span.to_bytes(8, "big"),
        "parent_id": b"",
        "name": "work",
        "span_kind": 1,
        "start_ns": NOON,
        "end_ns": NOON + 10**9,
        "status_code": 0,
        "status_message": "",
        "attributes": {},
        "events": [],
        "scope": SCOPE,
    } | said
    raw = fields.pop("raw", None) or repr(sorted(said.items())).encode("utf-8", "replace")
    return WireSpan(**fields, raw=raw)


def wire_log(**said: Any) -> WireLog:
    """A log record of span 1, written at noon."""
    fields: dict[str, Any] = {
        "trace_id": TRACE,
        "span_id": (1).to_bytes(8, "big"),
        "time_ns": NOON,
        "event_name": "gen_ai.choice",
        "severity": 9,
        "body": None,
        "attributes": {},
        "scope": SCOPE,
    } | said
    raw = fields.pop("raw", None) or repr(sorted(said.items())).encode()
    return WireLog(**fields, raw=raw)


def understood(*spans: WireSpan) -> list[tuple[WireSpan, Meaning]]:
    """Spans of which nothing is understood."""
    return [(span, Meaning()) for span in spans]
