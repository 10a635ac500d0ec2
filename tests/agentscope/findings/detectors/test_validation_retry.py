"""A validator that says the same of every attempt: found; repairs are not."""

from agentscope.vocabulary import ErrorClass, Flag
from tests.kit.courses import Script
from tests.kit.failing import codes, found

CODE = "validation_retry"
REFUSED = {"error": ErrorClass.VALIDATION}


def attempts(messages, prompt=10_000, **said):
    """An agent that fills in a form, and what the validator says each time."""
    script = Script(prompt=prompt)
    with script.agent("worker"):
        for number, message in enumerate(messages):
            script.use("check_form", {"text": f"draft {number}"}, message, **(REFUSED | said))
    return script


def test_the_same_message_again_and_again():
    script = attempts(["1 validation error: currency: field required"] * 5)
    (finding,) = found(script)
    assert finding.sentence == (
        "What check_form was given or gave did not fit its schema 5 times in a row, 5 times with "
        "the same message."
    )
    assert (finding.pattern.code, finding.severity.word, finding.repeats) == (CODE, "alert", 5)


def test_the_third_is_worth_a_look():
    assert codes(attempts(["currency: field required"] * 3)) == {CODE: "warning"}


def test_two_repairs_are_how_models_work():
    assert codes(attempts(["2 errors: a, b", "1 error: b"])).get(CODE) is None


def test_messages_that_differ_are_let_pass_for_longer():
    assert CODE not in codes(attempts([f"{left} problems" for left in range(5, 0, -1)]))
    script = attempts([f"field_{left} is wrong" for left in range(7)])
    assert codes(script)[CODE] == "warning"
    assert found(script)[0].sentence.endswith("7 times in a row, with 7 different messages.")


def test_the_same_attempt_twice_is_worth_knowing():
    script = Script()
    with script.agent("worker"):
        for _ in range(2):
            script.use("check_form", {"text": "the same"}, **REFUSED)
    assert codes(script) == {CODE: "info"}


def test_what_nobody_knows_is_a_hint():
    script = Script(prompt=10_000)
    with script.agent("worker"):
        for _ in range(9):
            script.think(known=False)
            script.call("check_form", {"text": "***"}, "***", **REFUSED, flags=Flag.REDACTED)
    (finding,) = found(script)
    assert (finding.pattern.code, finding.severity.word, finding.confidence) == (CODE, "info", 0.4)


def test_an_answer_that_fits_ends_the_row():
    script = Script()
    with script.agent("worker"):
        for number in range(6):
            script.use("check_form", {"text": number}, "currency: field required", **REFUSED)
            script.use("check_form", {"text": -number - 1}, f"accepted as {number}")
    assert CODE not in codes(script)


def test_a_structured_answer_of_a_model():
    script = Script(prompt=10_000)
    with script.agent("writer"):
        for _ in range(5):
            script.hear("The output does not fit: sections: field required", role="tool")
            script.think("{}", error_class="validation", status=2)
    (finding,) = found(script)
    assert (finding.pattern.code, finding.severity.word) == (CODE, "alert")


def test_attempts_side_by_side_are_one():
    script = Script(prompt=50_000)
    with script.agent("worker"):
        script.think()
        began = script.now
        for number in range(6):
            script.now = began
            script.call("check_form", {"text": number}, "field required", **REFUSED)
    assert codes(script) == {}


def test_a_late_span_withdraws_it():
    script = Script()
    with script.agent("worker"):
        for number in range(4):
            script.use("check_form", {"text": number}, "field required", **REFUSED)
            if number == 1:
                late = script.call("check_form", {"text": 99}, "accepted")
    early = [row for row in script.rows if row is not late]
    assert [each.pattern.code for each in found(script, early)] == [CODE]
    assert CODE not in codes(script)
