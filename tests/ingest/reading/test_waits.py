"""How long a failure asks to wait, in headers and in words; other numbers are none."""

import pytest

from ingest.dialects import understand
from ingest.reading.waits import in_text, milliseconds, seconds
from tests.kit.spans import wire_span


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Rate limit reached … Please try again in 20s. Visit", 20),
        ("Please try again in 1m26.4s.", 86.4),
        ("Please try again in 250ms.", 0.25),
        ("Please retry after 26 seconds.", 26),
        ("Please retry in 38.5s.", 38.5),
        ("Please wait for 2 minutes and 5 seconds", 125),
        ("try again in 1 hour", 3600),
        ("'Retry-After': '30'", 30),
        ("429 Too Many Requests, Retry-After: 7", 7),
        ('{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "38s"}', 38),
        ('{"error": "slow down", "retry_after": 1.5}', 1.5),
        ("retry_after_ms=250", 0.25),
        ("retry-after-ms: 1200", 1.2),
        ("Please try again later.", None),
        ("Retry 3 of 5 failed", None),
        ("try again in 3 attempts", None),
        ("retry in 0s", None),
        ("try again in 400 hours", None),
        ("the retry policy has 5 rules", None),
        ("waited 20s", None),
    ],
)
def test_in_words(text: str, wanted: float | None) -> None:
    assert in_text(text) == (pytest.approx(wanted) if wanted else None)


def test_headers() -> None:
    assert seconds(["120"]) == seconds("120") == seconds('["120"]') == 120
    assert milliseconds(["250"]) == 0.25
    assert seconds("Wed, 21 Oct 2026 07:28:00 GMT") is None
    assert seconds([]) is None
    assert seconds("-1") is None


@pytest.mark.parametrize(
    ("attributes", "wanted", "source"),
    [
        ({"http.response.header.retry-after": ["9"]}, 9, "http.response.header.retry-after"),
        ({"error.message": "Please try again in 4s"}, 4, "message"),
        (
            {
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.call.result": '{"error": "slow", "retry_after": 3}',
            },
            3,
            "message",
        ),
    ],
)
def test_of_a_failure(attributes: dict[str, object], wanted: float, source: str) -> None:
    said = understand(wire_span(1, status_code=2, attributes=attributes))
    assert (said.retry_after, said.sources["retry_after"]) == (wanted, source)


def test_what_did_not_fail_asks_for_nothing() -> None:
    header = {"http.response.header.retry-after": ["9"]}
    assert understand(wire_span(1, status_code=1, attributes=header)).retry_after is None
