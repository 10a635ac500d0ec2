"""How wide text is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.letters import cut, width


def test_wide_letters_are_wider():
    assert width("iiii", 12) < width("aaaa", 12) < width("AAAA", 12) < width("WWWW", 12)
    assert width("漢字", 12) == width("WW", 12)
    assert width("e\u0301", 12) == width("e", 12), "an accent takes no place"
    assert width("a", 12, is_bold=True) > width("a", 12)


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [
        ("short", 100, "short"),
        ("a" * 20, 100, "a" * 11 + "…"),
        ("a   b" + "c" * 20, 50, "a   b…"),
        ("", 10, ""),
        ("漢" * 20, 60, "漢" * 4 + "…"),
        ("abc", 0, "a…"),
    ],
)
def test_text_is_cut_to_what_has_room(text, room, shown):
    assert cut(text, room, 12) == shown


@given(st.text(), st.integers(30, 300))
def test_what_is_cut_fits_and_is_the_beginning(text, room):
    found = cut(text, room, 12)
    assert width(found, 12) <= room
    assert text.startswith(found.removesuffix("…"))
