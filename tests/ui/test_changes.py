import random
import time

from hypothesis import given
from hypothesis import strategies as st

from ui.changes import CHARACTERS, LINES, SHOWN, change, changes, wrapped


def marks(found):
    return [(line.mark, line.text) for line in found.lines if line.mark]


def test_only_what_differs_is_shown_with_what_is_around():
    old, new = {"page": 1, "q": "cats"}, {"q": "cats", "page": 2}
    (found,) = changes({"arguments": old}, {"arguments": new})
    assert found.title == "Arguments"
    assert marks(found) == [("removed", '  "page": 1,'), ("added", '  "page": 2,')]
    assert found.words == "differ"


def test_equal_values_are_the_same_however_they_are_written():
    (found,) = changes({"result": '{"a": 1, "b": 2}'}, {"result": {"b": 2, "a": 1}})
    assert (found.lines, found.words) == ([], "the same")


def test_messages_are_compared_by_what_was_said():
    def said(text):
        parts = [{"type": "text", "text": text}]
        call = {"type": "tool_call", "name": "search", "id": text, "value": {"q": "cats"}}
        return [{"role": "user", "parts": parts}, {"role": "assistant", "parts": [call]}]

    (found,) = changes(
        {"input_messages": said("a"), "input": "x"}, {"input_messages": said("b"), "input": "y"}
    )
    assert found.title == "Messages"
    assert marks(found) == [("removed", "a"), ("added", "b")]


def test_what_only_one_of_them_has_is_all_added_or_removed():
    assert marks(change("Result", None, "one\ntwo")) == [("added", "one"), ("added", "two")]
    assert marks(change("Result", "one", None)) == [("removed", "one")]


@given(st.lists(st.sampled_from("abc"), max_size=30), st.lists(st.sampled_from("abc"), max_size=30))
def test_what_is_removed_and_added_makes_one_side_of_the_other(old, new):
    found = change("x", "\n".join(old), "\n".join(new))
    removed = sorted(text for mark, text in marks(found) if mark == "removed")
    added = sorted(text for mark, text in marks(found) if mark == "added")
    assert sorted([*old, *added]) == sorted([*new, *removed]) or old in ([], [""])


def test_long_lines_are_compared_in_pieces():
    found = change("x", "a" * 1000, "a" * 900 + "b" + "a" * 99)
    assert len(marks(found)) == 2
    assert wrapped("") == []


def test_what_was_not_compared_is_said():
    long = "\n".join(str(n) for n in range(LINES * 3))
    other = "\n".join(str(-n - 1) for n in range(LINES * 3))
    found = change("x", long, other)
    assert len(found.lines) == SHOWN
    assert any("were not compared" in words for words in found.left_out)
    found = change("x", "a" * CHARACTERS + "b", "a" * CHARACTERS + "c")
    assert found.words == "alike in the part that was compared"


def test_a_change_after_much_that_is_alike_is_found():
    same = "\n".join(str(n) for n in range(5000))
    assert marks(change("x", f"{same}\nold", f"{same}\nnew")) == [
        ("removed", "old"),
        ("added", "new"),
    ]


def test_no_two_texts_take_long():
    chance = random.Random(1)
    one, other = ("\n".join(str(chance.randrange(150)) for _ in range(20_000)) for _ in range(2))
    began = time.process_time()
    change("x", one, other)
    assert time.process_time() - began < 5
