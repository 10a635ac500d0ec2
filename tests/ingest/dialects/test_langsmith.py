"""What a pair cannot say about LangSmith's export: JSON has no bytes."""

from agentscope.vocabulary import Kind
from ingest.dialects import understand
from tests.kit.spans import wire_span


def test_older_versions_send_content_as_bytes():
    meaning = understand(
        wire_span(
            name="stock",
            attributes={
                "langsmith.span.kind": "tool",
                "gen_ai.prompt": b'{"size": 44}',
                "gen_ai.completion": b'{"output": {"content": "2 pairs", "tool_call_id": "c1"}}',
            },
        )
    )
    assert meaning.kind is Kind.TOOL
    assert meaning.content.arguments == {"size": 44}
    assert meaning.content.result == "2 pairs"
    assert meaning.tool_call_id == "c1"


def test_bytes_that_are_no_text_do_no_harm():
    meaning = understand(
        wire_span(attributes={"langsmith.span.kind": "chain", "gen_ai.prompt": b"\xff\xfe"})
    )
    assert meaning.kind is Kind.CHAIN
