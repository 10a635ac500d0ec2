"""What went, and what was only looked through for it."""

from __future__ import annotations

import pytest

from agentscope.erasure.sentences import counts_in_words, looked_through_words

COUNTS = {
    "spans": 2,
    "read_spans": 1200,
    "changed_spans": 3,
    "read_logs": 1,
    "changed_logs": 0,
    "reviews": 1,
}


def test_only_what_goes_is_told_as_gone():
    assert counts_in_words(COUNTS) == ["2 spans", "1 text of a review or comment"]


@pytest.mark.parametrize(("is_done", "words"), [(True, "were"), (False, "would be")])
def test_what_is_looked_through_is_told_apart(is_done, words):
    assert looked_through_words(COUNTS, is_done=is_done) == (
        f"Looked through for the name: 1,200 spans and 1 log record; 3 and 0 of them {words}"
        " changed."
    )


def test_where_nothing_was_looked_through_nothing_is_said():
    assert looked_through_words({"spans": 2}, is_done=True) == ""
