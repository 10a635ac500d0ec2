from ui.cuts import pretty


def test_values_are_indented_json():
    assert pretty({"a": [1, None]}, None).shown == '{\n  "a": [\n    1,\n    null\n  ]\n}'


def test_text_is_text_unless_it_is_json_of_a_list_or_object():
    assert pretty("hello", None).shown == "hello"
    assert pretty("12", None).shown == "12"
    assert pretty('{"a":1}', None).shown == '{\n  "a": 1\n}'
    assert pretty("{not json", None).shown == "{not json"


def test_a_cut_says_how_much_is_left():
    assert (pretty("abcdef", 4).shown, pretty("abcdef", 4).left) == ("abcd", 2)


def test_what_json_has_no_word_for_is_still_shown():
    assert "6869" in pretty({"raw": b"hi"}, None).shown
    assert pretty(b"hi", None).shown == "6869"
    assert str(2**80) in pretty([2**80], None).shown
    assert pretty(["\ud800"], None).shown
