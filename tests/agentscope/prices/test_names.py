"""Which entry of the price list a name means: one model however it is spelled, and no other."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.prices.names import bare_model, candidates, is_free

HERE = Path(__file__).parent
LEAST_THAT_MATCH = 150
LEAST_THAT_DIFFER = 40


def table(name: str) -> list[dict[str, str]]:
    """The lines of a table of names."""
    with (HERE / name).open(newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


THAT_MATCH, THAT_DIFFER = table("models_that_match.tsv"), table("models_that_differ.tsv")


def test_it_works(book):
    assert book.find("azure.ai.openai", "gpt-35-turbo") == ("openai", "gpt-35-turbo")


def test_the_tables_are_as_long_as_they_should_be():
    assert len({(each["provider"], each["model"]) for each in THAT_MATCH}) >= LEAST_THAT_MATCH
    assert len(THAT_DIFFER) >= LEAST_THAT_DIFFER


@pytest.mark.parametrize("each", THAT_MATCH, ids=lambda each: each["model"])
def test_a_model_is_found_however_it_is_spelled(book, each):
    assert book.find(each["provider"], each["model"]) == (each["seller"], each["name"])


@pytest.mark.parametrize("each", THAT_DIFFER, ids=lambda each: each["model"])
def test_a_model_that_only_looks_alike_is_another_one(book, each):
    wrong = (each["wrong_seller"], each["wrong_name"])
    assert wrong in book.prices
    found = book.find(each["provider"], each["model"]) or ("", "")
    assert found == (each["seller"], each["name"])
    assert found != wrong


@given(
    st.sampled_from(sorted(THAT_MATCH, key=str)),
    st.sampled_from(["-mini", ".1", "-6", "-turbo", "x"]),
)
def test_whatever_else_follows_a_name_means_another_model(book, each, ending):
    longer = each["name"] + ending
    if (each["seller"], longer) not in book.prices:
        assert book.find(each["seller"], longer) != (each["seller"], each["name"])


@given(st.sampled_from(sorted(THAT_MATCH, key=str)), st.text("abcxyz", min_size=1, max_size=3))
def test_whatever_comes_before_a_name_means_another_model(book, each, beginning):
    longer = f"{beginning}-{each['name']}"
    assert book.find(each["seller"], longer) != (each["seller"], each["name"])


def test_the_most_exact_name_comes_first():
    assert candidates("openai", "gpt-4o-2024-08-06")[0] == ("openai", "gpt-4o-2024-08-06")


def test_free_is_said_by_the_name():
    assert is_free("deepseek/deepseek-r1:free")
    assert not is_free("deepseek/deepseek-r1:freedom")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("gpt-4o", "openai/gpt-4o-2024-08-06"),
        ("claude-sonnet-4-5", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("models/gemini-2.5-flash", "gemini-2.5-flash"),
        ("gpt-35-turbo", "gpt-3.5-turbo-0125"),
    ],
)
def test_two_names_of_one_model(one, other):
    assert bare_model(one) == bare_model(other)
