import pytest

from ingest.reading.tools import arguments, call_id_in, definitions, not_schema, result

MESSAGE = {"content": "3 results", "tool_call_id": "c1", "id": "differs"}
WRAPPED = {
    "plain": MESSAGE,
    "LangSmith": {"output": MESSAGE},
    "OpenInference": {"type": "tool", "data": MESSAGE},
    "OpenLLMetry": {"output": {"lc": 1, "type": "constructor", "id": [], "kwargs": MESSAGE}},
}


@pytest.mark.parametrize("wrapped", WRAPPED.values(), ids=WRAPPED.keys())
def test_a_result_is_taken_out_of_its_message(wrapped) -> None:
    assert result(wrapped) == "3 results"
    assert call_id_in(wrapped) == "c1"


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ('{"rows": 1}', {"rows": 1}),
        ({"id": "f1", "name": "add", "response": {"sum": 3}}, {"sum": 3}),
        ({"blocks": [{"text": "noted"}], "tool_name": "note"}, "noted"),
        ({"output": "x", "more": 1}, {"output": "x", "more": 1}),
        ("plain", "plain"),
    ],
)
def test_results(sent, meant) -> None:
    assert result(sent) == meant


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ('{"q": "tea"}', {"q": "tea"}),
        ("{'q': 'tea'}", {"q": "tea"}),
        ({"input_str": "{'q': 'tea'}", "tags": []}, {"q": "tea"}),
        ({"input_str": "tea"}, "tea"),
        ({"args": [], "kwargs": {"q": "tea"}}, {"q": "tea"}),
        ({"args": ["tea"], "kwargs": {}}, {"args": ["tea"], "kwargs": {}}),
        ({"inputs": {"q": "tea"}, "tags": []}, {"q": "tea"}),
        ("tea", "tea"),
    ],
)
def test_arguments(sent, meant) -> None:
    assert arguments(sent) == meant


def test_a_schema_is_not_arguments() -> None:
    assert not_schema('{"type": "object", "properties": {"q": {}}}') is None
    assert not_schema('{"q": "tea"}') == {"q": "tea"}


def test_definitions_may_be_texts_in_a_list() -> None:
    assert definitions(['{"name": "add"}']) == [{"name": "add"}]
    assert (definitions("[]"), definitions("no list")) == (None, None)


def test_no_call_id() -> None:
    nothing: list[object] = ["text", "[1]", None, {"output": {}}]
    assert [call_id_in(sent) for sent in nothing] == [None] * 4
