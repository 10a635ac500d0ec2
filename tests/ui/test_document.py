from hypothesis import given
from hypothesis import strategies as st

from ui.cuts import fair
from ui.document import MOST, swelling, weight, weights


def test_each_value_that_is_shown_by_itself_is_weighed():
    parts = [{"type": "text", "text": "x" * 100}, {"type": "text", "text": "y"}]
    said = {
        "input_messages": [{"role": "user", "parts": parts}],
        "attributes": {"a": "1", "b": "2"},
        "events": [{"name": "e", "attributes": {}}],
        "result": "z",
    }
    found = list(weights(said))
    assert len(found) == 6
    assert found[0] > found[1] + 90


def test_a_large_value_is_not_walked_to_its_end():
    assert weight(["x"] * 10_000_000) < MOST * 200


@given(st.lists(st.integers(0, 10_000), max_size=40), st.integers(1000, 100_000))
def test_with_a_fair_limit_all_have_room_and_no_room_is_wasted(lengths, room):
    limit = fair(lengths, room, 10**9)
    assert sum(min(length, limit) for length in lengths) <= room
    if max(lengths, default=0) > limit:
        assert sum(min(length, limit + 1) for length in lengths) > room - len(lengths)


def test_signs_take_more_room_in_html_than_letters():
    plain, signs = "x" * 300, "<" * 300
    assert swelling({"result": plain}, 100_000) == 1
    assert swelling({"result": plain, "attributes": {"a": [signs]}}, 100_000) == 4
    assert swelling({"result": plain + signs}, 300) == 1, "no more is shown"
    assert swelling({"result": "<"}, 300) == 1, "too short to matter"
