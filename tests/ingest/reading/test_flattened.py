from hypothesis import given
from hypothesis import strategies as st

from ingest.reading.flattened import MOST_ITEMS, in_order, items, split


def test_a_flattened_list_is_put_together_in_order() -> None:
    sent = {"1.role": "user", "0.role": "system", "1.calls.10.id": "b", "1.calls.9.id": "a"}
    pieces = [(split(key), value) for key, value in sent.items()]
    system, user = items(pieces)
    assert system == {"role": "system"}
    assert [call["id"] for call in in_order(user["calls"])] == ["a", "b"]


def test_holes_and_absurd_positions_cost_nothing() -> None:
    pieces = [(split("99999999.role"), "user"), (split("7.role"), "system")]
    assert items(pieces) == [{"role": "system"}, {"role": "user"}]
    assert items([(split("9" * 5000 + ".role"), "user")]) == []


def test_a_list_is_capped() -> None:
    assert len(items([((at, "role"), "user") for at in range(MOST_ITEMS + 5)])) == MOST_ITEMS


def test_what_has_no_position_belongs_to_no_list() -> None:
    assert items([(split("name"), "greeting")]) == []


def test_contradictions_lose_the_shallower_value() -> None:
    for order in (1, -1):
        pieces = [((0, "content"), "flat"), ((0, "content", "text"), "deep")][::order]
        assert items(pieces) == [{"content": {"text": "deep"}}]


@given(st.lists(st.text("0123456789.ab", max_size=12)))
def test_any_path_can_be_read(paths: list[str]) -> None:
    found = items([(split(path), "value") for path in paths])
    assert len(found) <= len(paths)
