import json
import time
from base64 import b64encode
from urllib.parse import unquote

import pytest
from hypothesis import given

from tests.ui.test_media import PNG
from tests.ui.test_pointers import VALUES
from ui.json_tree import AT_ONCE, ROOM, TEXT, UNREAD, closed, tree
from ui.pointers import inside


def does(lines):
    return [line.does for line in lines]


def test_a_small_value_is_open_with_its_names_and_kinds():
    lines = tree({"city": "Bern", "rows": [1, None, True]}, "/result")
    assert [(line.does, line.key, line.type, line.text) for line in lines] == [
        ("leaf", "city", "text", "Bern"),
        ("open", "rows", "list", ""),
        ("leaf", "0", "number", "1"),
        ("leaf", "1", "word", "null"),
        ("leaf", "2", "word", "true"),
        ("close", "", "", ""),
    ]
    assert lines[1].is_open
    assert lines[1].size == "3 items"


@given(VALUES)
def test_what_is_opened_is_closed_and_every_place_leads_to_its_value(value):
    lines = tree(value, "")
    deep = 0
    for line in lines:
        deep += {"open": 1, "close": -1}.get(line.does, 0)
        assert deep >= 0
        if line.at and line.does in ("leaf", "later"):
            inside(value, unquote(line.at))
    assert deep == 0


def test_members_come_by_the_hundred_until_none_is_left():
    value, seen, first = list(range(250)), [], 0
    while True:
        lines = tree(value, "/result", first)
        seen += [int(line.text) for line in lines if line.does == "leaf"]
        rest = [line for line in lines if line.does == "more"]
        if not rest:
            break
        assert rest[0].left == 250 - len(seen)
        first = rest[0].first
    assert seen == value
    assert len(tree(value, "/result")) == AT_ONCE + 1


def test_json_in_a_text_is_what_it_means_and_a_broken_one_is_text():
    inner = json.dumps({"ok": True})
    opened, *_ = tree({"body": inner, "bad": "{not json"}, "")
    assert (opened.does, opened.key) == ("open", "body")
    assert [line.text for line in tree({"bad": "{not json"}, "")] == ["{not json"]


def test_a_large_json_text_is_not_looked_into_before_somebody_asks():
    large = json.dumps(["x" * 10] * (UNREAD // 10))
    (line,) = tree({"body": large}, "/attributes")
    assert (line.does, line.at) == ("later", "/attributes/body")
    assert "characters" in line.size
    assert does(closed(large, "/a")) == ["later"]


def test_a_long_text_is_cut_and_says_how_much_is_left():
    (line,) = tree(["x" * (TEXT + 5)], "")
    assert (len(line.text), line.left) == (TEXT, 5)


def test_an_empty_list_or_object_needs_no_opening():
    lines = tree([[], {}], "")
    assert [(line.does, line.text) for line in lines] == [("leaf", "[]"), ("leaf", "{}")]


@pytest.mark.parametrize("deep", [90, 900])
def test_a_deep_value_needs_no_recursion(deep):
    value = json.loads("[" * deep + "]" * deep)
    assert len(tree(value, "")) <= 2 * deep


def test_data_in_a_text_is_named_and_hidden():
    (line,) = tree(["data:image/png;base64," + "iVBORw0KGgoAAAANSUhEUg" * 50], "")
    assert line.media.startswith("image/png, ")
    assert len(line.text) == 60


def test_an_image_in_an_object_stands_before_its_members_and_leads_to_all_of_it():
    value = {"content": [{"type": "image", "data": b64encode(PNG).decode()}]}
    lines = tree(value, "/result")
    assert does(lines) == ["open", "open", "data", "leaf", "leaf", "close", "close"]
    assert (lines[2].media, lines[2].at) == ("image/png, 69 B", "/result/content/0")
    (data, *_) = tree(value["content"][0], "/result")
    assert (data.does, data.at) == ("data", "/result")


@pytest.mark.parametrize(
    "value",
    [
        {f"name {n}": {"x" * 200: ["y" * 5000] * 50} for n in range(2000)},
        [["z" * 999] * 300 for _ in range(300)],
        {("n" * 5000 + str(n)): n for n in range(500)},
    ],
)
def test_one_answer_is_never_much_larger_than_its_room(value):
    lines = tree(value, "")
    size = sum(len(line.text) + len(line.key) + 2 * len(line.at) for line in lines)
    assert size < 3 * ROOM


def test_of_twenty_megabytes_only_what_is_shown_is_looked_at():
    rows = [{"id": n, "name": f"row {n}", "tags": ["a", "b"]} for n in range(360_000)]
    text = json.dumps(rows)
    assert len(text) > 18_000_000
    taken = []
    for _ in range(3):  # in one of them Python may look through all rows for garbage
        began = time.process_time()
        assert does(closed(text, "/result")) == ["later"]
        assert len(tree(rows, "/result")) > AT_ONCE
        taken.append(time.process_time() - began)
    assert min(taken) < 0.2
