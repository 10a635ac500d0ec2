import pytest

from ingest.reading.json_values import LONGEST_LITERAL, literal, mapping, parsed


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ('{"a": 1}', {"a": 1}),
        (" [1, 2]", [1, 2]),
        ('"\\"LLM\\""', "LLM"),
        ('"{\\"a\\": 1}"', {"a": 1}),
        ("plain", "plain"),
        ("12", "12"),
        ('{"cut": "in the mid', '{"cut": "in the mid'),
        ({"already": "decoded"}, {"already": "decoded"}),
        (b"bytes of old LangSmith", "bytes of old LangSmith"),
        (None, None),
    ],
)
def test_json_in_texts(sent, meant) -> None:
    assert parsed(sent) == meant


def test_three_times_encoded_is_left_at_the_second() -> None:
    assert parsed('"\\"\\\\\\"x\\\\\\"\\""') == '"x"'


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("{'a': True, 'b': None}", {"a": True, "b": None}),
        ('{"a": 1}', {"a": 1}),
        ("{'a': open('x')}", "{'a': open('x')}"),
        ("{'a': ", "{'a': "),
        ("hello", "hello"),
        ("(1, 2)", (1, 2)),
    ],
)
def test_python_literals(sent, meant) -> None:
    assert literal(sent) == meant


def test_long_literals_are_left_alone() -> None:
    long = "['" + "x" * LONGEST_LITERAL + "']"
    assert literal(long) == long


def test_deep_nesting_is_no_trouble() -> None:
    assert parsed("[" * 100_000) == "[" * 100_000
    assert isinstance(literal("{'a': " * 300), str)


def test_mapping_is_a_dict_or_nothing() -> None:
    assert (mapping('{"a": 1}'), mapping("[1]"), mapping(None)) == ({"a": 1}, None, None)
