from decimal import Decimal

import pytest

from agentscope.vocabulary import Kind
from ingest.reading.scalars import count, kind_of, name, number, text, usd, words, yes


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (12, 12),
        ("12", 12),
        (12.0, 12),
        ("12.0", 12),
        (0, 0),
        (True, None),
        (-1, None),
        (1.5, None),
        ("many", None),
        (None, None),
        (float("inf"), None),
        (10**30, None),
        ([12], None),
    ],
)
def test_count(sent, meant) -> None:
    assert count(sent) == meant


def test_money_is_exact_and_sane() -> None:
    assert usd("0.000012") == Decimal("0.000012")
    assert [usd(sent) for sent in (-0.1, "nan", 1e12, True, None)] == [None] * 5
    assert number("1e-9") == Decimal("1e-9")


def test_text_and_names() -> None:
    assert (text("x"), text(7), text(""), text(True), text([])) == ("x", "7", None, None, None)
    assert (name('"LLM"'), name("unknown"), name('""'), name("x" * 501)) == (
        "LLM",
        None,
        None,
        None,
    )


def test_words_from_every_kind_of_list() -> None:
    for sent in (["stop", "length"], '["stop", "length"]', "stop, length"):
        assert words(sent) == ["stop", "length"]
    assert (words(""), words(7), words([])) == (None, None, None)


def test_yes_is_true_only() -> None:
    assert [yes(sent) for sent in (True, "true", "True", 1)] == [True] * 4
    assert [yes(sent) for sent in (False, "no", None, 0)] == [None] * 4


def test_kinds_in_any_case_and_with_quotes() -> None:
    look_up = kind_of({"llm": Kind.LLM})
    assert (look_up("llm"), look_up("LLM"), look_up('"LLM"')) == (Kind.LLM,) * 3
    assert (look_up("UNKNOWN"), look_up(7)) == (None, None)
