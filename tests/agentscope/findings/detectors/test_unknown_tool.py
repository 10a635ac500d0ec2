"""A tool that there is not, called again: found; looking for the right one is not."""

from typing import Any

from agentscope.signatures.signature import signature
from agentscope.vocabulary import Content, ErrorClass, Kind, Meaning
from tests.kit.courses import Row, Script
from tests.kit.failing import codes, found

CODE = "unknown_tool"
MESSAGE = "Tool 'run_shell' not found. Available tools: search"


def miss(script: Script, arguments: Any, *, message: str = MESSAGE, asks: bool = True) -> Row:
    """A call of a tool that there is not, and what the framework says."""
    if asks:
        script.think(asks=[("run_shell", arguments)], tools=["search"])
    meaning = Meaning(
        kind=Kind.TOOL,
        tool="run_shell",
        content=Content(arguments=arguments),
        error_class=ErrorClass.NOT_FOUND,
        error_message=message,
    )
    return script.add(meaning, 0.1, signature=signature(meaning))


def test_a_tool_that_there_is_not():
    script = Script(prompt=10_000)
    with script.agent("worker"):
        for number in range(4):
            miss(script, {"input": number})
    (finding,) = found(script)
    assert finding.sentence == ("run_shell was called 4 times, but there is no tool of this name.")
    assert (finding.pattern.code, finding.severity.word, finding.repeats) == (CODE, "alert", 4)


def test_the_second_is_worth_a_look():
    script = Script()
    with script.agent("worker"):
        for number in range(2):
            miss(script, {"input": number})
    assert codes(script) == {CODE: "warning"}


def test_it_failed_and_was_not_offered():
    script = Script()
    with script.agent("worker"):
        for number in range(2):
            miss(script, {"input": number}, message="no")
    assert codes(script) == {CODE: "warning"}


def test_no_span_tells_of_the_call():
    script = Script()
    with script.agent("worker"):
        for number in range(3):
            script.think(asks=[("run_shell", {"input": number})], tools=["search"])
        script.think("I give up.")
    (finding,) = found(script)
    assert finding.sentence == "some-model asked 3 times for tools that it was not offered."
    assert (finding.severity.word, finding.confidence) == ("warning", 0.6)


def test_a_tool_of_the_provider_is_there_though_it_was_not_offered():
    script = Script()
    with script.agent("worker"):
        for number in range(4):
            script.think(asks=[("web_search", {"q": number})], tools=["search"])
            script.call("web_search", {"q": number}, f"result {number}")
    assert codes(script) == {}


def test_it_is_told_the_right_one():
    script = Script()
    with script.agent("worker"):
        miss(script, {"input": 1})
        for number in range(3):
            script.use("search", {"q": number}, f"result {number}")
    assert codes(script) == {}


def test_it_changed_something_meanwhile():
    script = Script()
    with script.agent("worker"):
        for number in range(3):
            miss(script, {"input": number})
            script.use("install_plugin", {"name": number}, "done")
    assert CODE not in codes(script)


def test_calls_side_by_side_are_one_step():
    script = Script()
    with script.agent("worker"):
        began = script.now
        for number in range(4):
            script.now = began
            miss(script, {"input": number}, asks=False)
    assert codes(script) == {}


def test_cancelled_each_time():
    script = Script(prompt=10_000)
    with script.agent("worker"):
        for number in range(5):
            script.use("search", {"q": number}, error=ErrorClass.CANCELLED)
    (finding,) = found(script)
    assert finding.sentence == "search was cancelled 5 times before it answered."
    assert finding.severity.word == "alert"


def test_cancelled_by_a_person():
    script = Script()
    with script.agent("worker"):
        for number in range(5):
            script.hear(f"Stop, rather this: {number}.")
            script.use("search", {"q": number}, error=ErrorClass.CANCELLED)
    assert codes(script) == {}


def test_what_came_back_is_not_known():
    script = Script()
    with script.agent("worker"):
        for _ in range(6):
            script.think(known=False)
            script.call("run_shell", error=ErrorClass.UNKNOWN)
    assert CODE not in codes(script)


def test_a_late_span_withdraws_it():
    script = Script()
    with script.agent("worker"):
        miss(script, {"input": 1})
        late = script.use("install_plugin", {"name": "shell"}, "done")
        miss(script, {"input": 2})
    early = [row for row in script.rows if row is not late]
    assert codes(script, early) == {CODE: "warning"}
    assert CODE not in codes(script)
