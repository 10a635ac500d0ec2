"""What broke a run, as it is told above the tree."""

import pytest

from agentscope.traces.grow import grow
from tests.kit.drawing import drawn
from ui.cause_words import cause_words

NESTED = """
agent lead !unknown
  agent researcher !unknown
    chain step !unknown
      tool fetch_prices !timeout
  tool note
"""
TWO = """
agent lead !unknown
  agent writer !unknown
    tool save !permission
  agent mailer !unknown
    chain deliver !unknown
      tool smtp_send !network
"""
HIDDEN = """
agent lead
  agent helper
    tool lookup !unknown
"""
LAYERS = """
agent lead !unknown
  agent lead !unknown
    agent lead !unknown
      tool look !server
"""
DEEP = "\n".join(f"{' ' * number}agent a{number} !unknown" for number in range(12))


def told(drawing):
    """The way and words of the deepest error, then those of each fold."""
    found = cause_words(grow(drawn(drawing)))
    folds = [(fold.words, [words(each) for each in fold.shown]) for fold in found.folds]
    return (words(found.first) if found.first else ""), folds


def words(cause):
    return " > ".join(step.name for step in cause.way) + f": {cause.words}"


@pytest.mark.parametrize(
    ("drawing", "deepest", "folds"),
    [
        (NESTED, "lead > researcher > step > fetch_prices: timed out", []),
        (
            TWO,
            "lead > mailer > deliver > smtp_send: network error",
            [("1 more that nothing made up for", ["lead > writer > save: not permitted"])],
        ),
        (
            HIDDEN,
            "",
            [("1 error that did not stop what lies above", ["lead > helper > lookup: failed"])],
        ),
        (LAYERS, "lead > look: server error", []),
        (DEEP, "a0 > a1 > a2 > 7 more > a10 > a11: failed", []),
        ("agent lead\n  tool look", "", []),
    ],
)
def test_errors_are_told_with_their_ways(drawing, deepest, folds):
    assert told(drawing) == (deepest, folds)
