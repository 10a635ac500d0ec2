"""Nearly the same calls with nearly the same results; and what only looks so."""

import pytest

from agentscope.vocabulary import ErrorClass, Flag
from tests.kit.courses import Script

WORDS = "details exactly official latest again full summary please clause page current text".split()
QUESTION = "what do the general terms of the contract say about late deliveries in winter"
LINES = [
    f"{at}: the {at * 7919 % 997}th word of this page is {at * 104729 % 1009}" for at in range(80)
]


def calls(uses, tool="search", prompt=3000, **said):
    script = Script(prompt=prompt)
    with script.agent("scout", "Find out."):
        for arguments, result in uses:
            script.use(tool, arguments, result, **said)
    return script


def hits(seed, many=9):
    return {"hits": [{"title": f"{seed} {at * 7919 % 997}", "score": at} for at in range(many)]}


def reworded(times, results=lambda _: hits("winter")):
    return [({"query": f"{QUESTION} {WORDS[at]}"}, results(at)) for at in range(times)]


def test_the_same_question_in_other_words():
    (found,) = calls(reworded(8)).found()
    assert found.pattern.code in ("similar_repeat", "same_result")
    (found,) = calls(reworded(8, lambda at: hits("winter") | {"asked": WORDS[at]})).found()
    assert (found.pattern.code, found.severity.word) == ("similar_repeat", "warning")
    assert found.sentence == (
        "search was called 8 times with 8 different arguments that are nearly the same, and gave "
        "nearly the same results."
    )


def test_ranges_that_overlap():
    starts = (8, 11, 9, 10, 8, 11, 10, 9, 11, 8, 10)
    uses = [
        ({"record": "r-17", "start_line": at, "end_line": 50 + of}, "\n".join(LINES[at : 50 + of]))
        for of, at in enumerate(starts)
    ]
    assert calls(uses, "read_lines").codes()["similar_repeat"] == "alert"


@pytest.mark.parametrize(
    ("uses", "tool"),
    [
        ([({"q": "open", "page": at}, hits(f"page {at}")) for at in range(14)], "list"),
        (
            [({"doc": "d", "start_line": at * 20}, hits("same") | {"n": at}) for at in range(14)],
            "read",
        ),
        ([({"cursor": f"{at * 7919:08x}"}, hits(f"{at * 31337}")) for at in range(14)], "list"),
        ([({"id": at}, {"ok": True}) for at in range(20)], "check_entry"),
        (reworded(12, lambda at: hits(f"{at} is another matter {at * 31}")), "search"),
        (reworded(5), "search"),
        ([({"id": at, "text": QUESTION + WORDS[at]}, hits("x")) for at in range(12)], "save_note"),
    ],
    ids=["pages", "chunks", "cursor", "short answers", "new results", "a few", "writes"],
)
def test_fine(uses, tool):
    assert "similar_repeat" not in calls(uses, tool).codes()


def test_a_sweep_of_a_parameter():
    uses = [
        ({"of": QUESTION, "limit": at}, {"score": at * 31 % 7, "loss": at * 17 % 11})
        for at in range(12)
    ]
    assert calls(uses, "evaluate").codes() == {}


def test_what_is_not_known_is_not_alike():
    assert calls(reworded(12), flags=Flag.REDACTED).codes().get("similar_repeat") is None
    assert "similar_repeat" not in calls(reworded(12), error=ErrorClass.TIMEOUT).codes()


def test_side_by_side_is_one_step():
    script = Script()
    with script.agent("scout"):
        script.together([("search", *each) for each in reworded(12)])
    assert script.codes() == {}


def test_far_apart():
    script = Script()
    with script.agent("scout"):
        for at, (arguments, result) in enumerate(reworded(10)):
            script.use("search", arguments, result | {"asked": WORDS[at]})
            for other in range(4):
                script.use("look", {"at": [at, other]}, f"{at} and {other} make {at * 31 + other}.")
    assert "similar_repeat" not in script.codes()


def test_a_growing_trace_says_it_at_the_sixth():
    script = calls(reworded(12, lambda at: hits("winter") | {"asked": WORDS[at]}))
    said = [script.found(script.rows[:count]) for count in range(1, len(script.rows) + 1)]
    first = next(found for found in said if found)
    assert first[0].repeats <= 7
    assert {each.rows[0] for found in said for each in found} == {first[0].rows[0]}
