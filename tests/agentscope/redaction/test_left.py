"""What stays as it is on hold, in words."""

from agentscope.redaction.left import left_clause, left_words

RESULT = {"held_spans": 1200, "held_logs": 0, "held_texts": 1, "changed_spans": 5}


def test_it_says_how_much_and_what_to_do():
    assert left_words(RESULT) == (
        "On legal hold, so left as it is: 1,200 spans, 1 other text. Lift the hold and ask again."
    )
    assert left_clause(RESULT) == "; left as it is, on legal hold: 1,200 spans, 1 other text"


def test_where_nothing_is_held_nothing_is_said():
    assert left_words({"changed_spans": 5}) == left_clause({"held_spans": 0}) == ""
