"""Patterns that people write."""

from time import process_time

import pytest

from agentscope.secrets import own
from agentscope.secrets.own import LONGEST_PATTERN, MOST_MATCHES, BadPattern, compiled, own_hits

# Patterns that take backtracking engines exponential or quadratic time on such texts.
HOSTILE = ["(a+)+$", "(a|a)*b", "(a|aa)+$", "(.*)*x", r"(\w+\s?)*!", "a*a*a*a*a*a*b", "(x+x+)+y"]


@pytest.mark.parametrize("pattern", HOSTILE)
def test_no_pattern_takes_long(pattern):
    text = "a" * 200_000
    began = process_time()
    list(own_hits(f"z{pattern}", "own", 0, text))
    list(own_hits(f"{pattern}[0-9]", "own", 0, text))
    list(own_hits("a(?:.*z)?", "own", 0, text))  # each match looks for its end in all that follows
    assert process_time() - began < 2


def test_behind_the_last_match_that_is_looked_for_nothing_is_kept():
    text = "ab" * MOST_MATCHES + "c ab c"
    hits = list(own_hits("a", "own", 0, text))
    assert len(hits) == MOST_MATCHES + 1
    assert (hits[-1].start, hits[-1].end) == (text.rindex("a"), len(text))


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(a", "missing"),
        ("(?=a)b", "invalid perl operator"),
        (r"(a)\1", "invalid escape"),
        ("a{2000}", "repetition"),
        ("a*", "without any characters"),
        ("", "characters"),
        ("x" * (LONGEST_PATTERN + 1), "characters"),
        (r"(\pL{500}\pN{500}){2}", "RE2"),
    ],
)
def test_what_cannot_be_used_says_why(pattern, words):
    with pytest.raises(BadPattern, match=words):
        compiled(pattern)


def test_places_are_counted_in_characters():
    assert [(hit.start, hit.end) for hit in own_hits(r"é(\d+)", "own", 0, "ßé12 é3")] == [
        (2, 4),
        (6, 7),
    ]


def test_half_a_surrogate_pair_is_no_reason_to_fail():
    assert [(hit.start, hit.end) for hit in own_hits("b+", "own", 0, "\ud800bb")] == [(1, 3)]


def test_without_re2_they_are_refused(monkeypatch):
    monkeypatch.setattr(own, "re2", None)
    compiled.cache_clear()
    with pytest.raises(BadPattern, match="google-re2"):
        compiled("abc")
    compiled.cache_clear()
