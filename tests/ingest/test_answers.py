"""Bodies of answers to an export."""

import pytest

from ingest.answers import BAD_REQUEST, JSON, OK, Answer, body_of


@pytest.mark.parametrize("status", [OK, BAD_REQUEST])
@pytest.mark.parametrize("content_type", [JSON, "application/x-protobuf"])
def test_a_message_may_quote_what_no_encoding_can_say(status: int, content_type: str) -> None:
    answer = Answer(status, "no number: \ud800", rejected=1)
    assert b"no number: ?" in body_of(answer, "traces", content_type)
