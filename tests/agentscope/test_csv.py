"""CSV that says what was said, and that no spreadsheet runs."""

import csv
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.csv import AT_ONCE, FORMULA, cell, csv_text

SAID = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


def read(pieces):
    return list(csv.reader(StringIO("".join(pieces), newline="")))


def test_it_works():
    rows = [["a,b", 1, None], ['"q"\nnew line', Decimal("1E-9"), True]]
    assert read(csv_text(["one", "two", "three"], rows)) == [
        ["one", "two", "three"],
        ["a,b", "1", ""],
        ['"q"\nnew line', "0.000000001", "True"],
    ]


@pytest.mark.parametrize("first", FORMULA)
def test_no_text_is_a_formula(first):
    assert cell(f"{first}HYPERLINK(1)") == f"'{first}HYPERLINK(1)"


def test_a_negative_number_is_a_number():
    assert (cell(-1), cell(Decimal("-0.50"))) == ("-1", "-0.50")


def test_long_tables_come_in_pieces():
    pieces = list(csv_text(["n"], ([n] for n in range(2 * AT_ONCE))))
    assert len(pieces) == 3
    assert [row[0] for row in read(pieces)[1:]] == [str(n) for n in range(2 * AT_ONCE)]


@given(st.lists(st.lists(SAID, min_size=2, max_size=2)))
def test_every_text_comes_back_but_for_the_quote(rows):
    for row, found in zip(rows, read(csv_text(["a", "b"], rows))[1:], strict=True):
        assert [text.removeprefix("'") for text in found] == [
            text.removeprefix("'") for text in row
        ]
        assert not any(text.startswith(FORMULA) for text in found)
