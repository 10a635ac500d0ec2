import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.pointers import LONG, below, inside

NAMES = st.one_of(st.text(max_size=8), st.text("~/01a", max_size=6), st.just("n" * (LONG + 1)))
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=5))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


def places(value, at=""):
    """Every value inside of one, with its place."""
    yield at, value
    if isinstance(value, dict):
        members = list(value.items())
    else:
        members = list(enumerate(value)) if isinstance(value, list) else []
    for position, (name, inner) in enumerate(members):
        yield from places(inner, below(at, str(name), position))


@given(VALUES)
def test_every_value_is_found_at_its_place(value):
    for at, inner in places(value):
        assert inside(value, at) is inner or inside(value, at) == inner


def test_places_go_through_json_in_texts():
    text = orjson.dumps({"rows": [{"id": 7}]}).decode()
    assert inside({"result": text}, "/result/rows/0/id") == 7


@pytest.mark.parametrize(
    "at",
    ["/b", "/a/5", "/a/-1", "/a/x", "/a/0/deeper", "/a/" + "9" * 5000, "/~29", "/~2x", "/a/٣"],
)
def test_what_is_not_there_is_a_lookup_error(at):
    with pytest.raises(LookupError):
        inside({"a": [1]}, at)
