"""Two texts from shortly before they differ."""

from hypothesis import given
from hypothesis import strategies as st

from ui.first_difference import BEFORE, Passage, passages

LINES = "".join(f"line {number}\n" for number in range(100))


def test_they_begin_with_the_line_that_differs():
    here, there = passages(f"{LINES}one: 1\nend", f"{LINES}one: 2\nend", 9)
    assert here == Passage("one: 1\nen", equal=len(LINES), left=1)
    assert there == Passage("one: 2\nen", equal=len(LINES), left=1)


def test_of_a_long_line_they_show_a_little_that_is_the_same():
    here, _ = passages("x" * 1000 + "a", "x" * 1000 + "b", 600)
    assert here == Passage("x" * BEFORE + "a", equal=1000 - BEFORE)


def test_they_begin_at_the_beginning_where_nothing_differs_or_one_says_nothing():
    assert passages(LINES, LINES, 4)[0] == Passage("line", left=len(LINES) - 4)
    assert passages(LINES, "", 4) == (Passage("line", left=len(LINES) - 4), Passage(""))


@given(st.text(), st.text(max_size=20), st.text(max_size=20), st.integers(1, 50))
def test_nothing_is_lost(same, one, other, limit):
    texts = same + one, same + other
    for text, found in zip(texts, passages(*texts, limit), strict=True):
        assert len(text) == found.equal + len(found.shown) + found.left
        assert text[found.equal :].startswith(found.shown)
