"""What is known of a step, and that unknown is equal to nothing."""

import math
from dataclasses import replace

import pytest

from agentscope.signatures.outputs import repeated
from agentscope.signatures.record import Fact
from agentscope.signatures.signature import signature
from agentscope.signatures.stored import merged, unpack
from agentscope.vocabulary import Content, ErrorClass, Flag, Kind, Meaning, Message, Part

NOTHING_ODD = Flag(0)


def tool(arguments=None, result=None, name="search", flags=NOTHING_ODD):
    content = Content(arguments=arguments, result=result)
    return Meaning(kind=Kind.TOOL, tool=name, content=content, flags=flags)


def model(text="", asks=(), sent="hello there", reason=None, tools=()):
    parts = [Part("text", text)] if text else []
    parts += [Part("tool_call", name=name, value=value) for name, value in asks]
    content = Content(
        input_messages=[Message("user", [Part("text", sent)])],
        output_messages=[Message("assistant", parts, finish_reason=reason)],
        tools=[{"type": "function", "function": {"name": name}} for name in tools],
    )
    return Meaning(kind=Kind.LLM, content=content)


def record(meaning):
    return unpack([signature(meaning)])[0]


def test_a_call_and_its_result():
    one = record(tool({"q": "rain", "page": 2}, {"done": 40, "took": "3 ms"}))
    other = record(tool({"page": 2, "q": "rain"}, {"took": "5 ms", "done": 40}))
    assert one["call"] == other["call"] != 0
    assert one["result"] == other["result"] != 0
    assert (one["position"], one["advance"]) == (2, 40)


@pytest.mark.parametrize(
    "meaning",
    [tool(), tool({"q": "x"}, "y", flags=Flag.REDACTED), tool({"q": "x"}, flags=Flag.TRUNCATED)],
)
def test_what_is_missing_redacted_or_cut_is_unknown(meaning):
    said = record(meaning)
    assert said["call"] == said["result"] == said["bag"] == 0
    assert math.isnan(said["position"])


@pytest.mark.parametrize("name", ["run_id", "message_id", "threadId"])
def test_runs_and_messages_are_asked_for_and_requests_are_not(name):
    one, other = (record(tool({name: at, "request_id": at, "reason": f"{at}"})) for at in (1, 2))
    again = record(tool({name: 1, "request_id": 3, "reason": "3"}))
    assert one["call"] == again["call"] != other["call"]


def test_calls_of_other_tools_differ():
    assert record(tool({"q": 1}))["call"] != record(tool({"q": 1}, name="find"))["call"]


def test_one_folder_is_one_target():
    one, other = (record(tool({"path": f"src/app/{name}.py"})) for name in "ab")
    assert one["target"] == other["target"] != 0
    assert one["call"] != other["call"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"url": "https://Example.org:8080/a?b=c"},
        {"request": {"endpoint": "http://example.org"}},
        {"host": "example.org"},
        "https://example.org/index.html",
    ],
)
def test_a_host_is_the_same_whatever_is_asked_of_it(arguments):
    said = record(tool(arguments, name="fetch"))
    assert said["host"] == record(tool({"url": "ftp://example.org/x"}))["host"] != 0


@pytest.mark.parametrize(
    "arguments",
    [{"q": "what is https://example.org?"}, {"path": "docs/index.html"}, {"url": ""}, "rain", None],
)
def test_what_only_speaks_of_an_address_goes_to_no_host(arguments):
    assert record(tool(arguments))["host"] == 0


@pytest.mark.parametrize(
    "result", ["", [], {}, "No results found.", {"hits": []}, {"results": [], "total": 0}]
)
def test_an_empty_result_is_known_to_be_empty(result):
    assert record(tool({"q": 1}, result))["facts"] & Fact.EMPTY


def test_an_answer_that_asks_for_a_tool():
    said = record(model(asks=[("find", {"q": 1})], tools=["search"]))
    assert said["facts"] == Fact.CALLS_TOOLS | Fact.NO_SUCH_TOOL | Fact.BEGINS
    assert said["asks"] == record(model(asks=[("find", {"q": 1.0})], tools=["find"]))["asks"]
    assert record(model("no tool", tools=["search"]))["asks"] == 0


def test_who_speaks_is_known_by_the_instructions():
    meaning = model("fine")
    assert record(meaning)["system"] == 0
    meaning.content.input_messages.insert(0, Message("system", [Part("text", "You review.")]))
    one = record(meaning)["system"]
    meaning.content.input_messages[0].parts[0].text = "You write."
    assert 0 != one != record(meaning)["system"]


def test_results_of_tools_are_nobodys_word():
    meaning = model("fine", sent="Count the files.")
    result = Message("user", [Part("tool_result", value="3"), Part("text", "go on")])
    before = record(meaning)
    meaning.content.input_messages.append(result)
    after = record(meaning)
    assert before["human"] == after["human"] != 0
    assert before["turns"] == after["turns"] == 1
    assert before["call"] != after["call"]


def test_an_answer_that_repeats_itself():
    said = record(model("It goes. " + "and on it goes " * 300, reason="length"))
    assert (said["repeats"], said["unit"]) == (300, 15)
    assert said["facts"] == Fact.CUT | Fact.HAS_TEXT | Fact.BEGINS


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"| {row} | {row * 7 % 13} | row number {row} |" for row in range(200)),
        "short " * 9,
        "".join(f"line {row}: value = compute({row}, {row * row})\n" for row in range(300)),
    ],
)
def test_tables_and_code_do_not_repeat_themselves(text):
    assert repeated(text).times == 0


def test_what_two_records_say_of_a_step_is_said_together():
    asked, given = tool({"q": 1}), tool(result="rain")
    both = signature(tool({"q": 1}, "rain"))
    assert merged(signature(asked), signature(given)) == both
    assert merged(None, signature(given)) == signature(given)
    assert merged(signature(given), signature(tool(result="sun"))) == signature(given)


def test_what_is_no_step_has_no_signature():
    assert signature(Meaning(kind=Kind.CHAIN)) is None


@pytest.mark.parametrize(
    ("result", "pending"),
    [
        ({"status": "in_progress"}, True),
        ({"job": {"state": "Queued"}}, True),
        ({"status": "pending", "owner": "Ann"}, False),
        ({"status": "done"}, False),
        ("running", False),
    ],
)
def test_what_is_not_done_yet(result, pending):
    said = record(tool({"id": 1}, result))
    assert bool(said["facts"] & Fact.PENDING) is pending


@pytest.mark.parametrize(
    ("text", "role", "asked"),
    [
        ("Create a detailed summary of the conversation so far.", "user", True),
        ("Compact the message history.", "system", True),
        ("Summarize this report.", "user", False),
        ("We spoke about a summary.", "user", False),
        ("Summary of the conversation so far: it rained.", "user", False),
        ("Summary of the conversation: none.", "tool", False),
    ],
)
def test_who_asks_for_a_summary_of_the_conversation(text, role, asked):
    meaning = model("fine")
    meaning.content.input_messages.append(Message(role, [Part("text", text)]))
    assert bool(record(meaning)["facts"] & Fact.SUMS_UP) is asked


def test_what_a_failed_call_gave_back_is_its_message():
    one, other, empty = (
        Meaning(
            kind=Kind.TOOL,
            tool="save",
            content=Content(arguments={"id": number}),
            error_class=ErrorClass.VALIDATION,
            error_message=message,
        )
        for number, message in enumerate(("field required (at 12:01:05)",) * 2 + ("",))
    )
    assert record(one)["result"] != 0
    assert record(empty)["result"] == 0
    later = record(replace(other, error_message="field required (at 13:44:59)"))
    assert record(one)["result"] == later["result"]
    assert not record(one)["facts"] & Fact.EMPTY


def test_a_tool_that_there_is_not():
    failed = replace(tool({"q": 1}), error_class=ErrorClass.NOT_FOUND)
    assert record(replace(failed, error_message="Unknown tool: x"))["facts"] & Fact.UNKNOWN_TOOL
    assert not record(replace(failed, error_message="Unknown user"))["facts"] & Fact.UNKNOWN_TOOL


def test_a_definition_without_a_name_may_stand_for_any_tool():
    asked = Message("assistant", [Part("tool_call", name="web_search", value={"q": 1})])
    hosted = [{"type": "web_search"}, {"name": "fetch"}]
    for definitions, wants in ((hosted, False), (hosted[1:], True)):
        content = Content(output_messages=[asked], tools=definitions)
        facts = record(Meaning(kind=Kind.LLM, content=content))["facts"]
        assert bool(facts & Fact.NO_SUCH_TOOL) is wants


@pytest.mark.parametrize("kind", [Kind.AGENT, Kind.CHAIN])
def test_a_declared_limit_is_known_whatever_is_hidden(kind):
    meaning = Meaning(kind=kind, step_limit=12, flags=Flag.REDACTED)
    assert record(meaning)["limit"] == 12
    assert record(Meaning(kind=Kind.AGENT, step_limit=10**9))["limit"] == 65_535


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Issues found: 3\n1. Too long", 3),
        ("Not approved, 2 open issues.", 2),
        ("All 14 tests pass, 0 failures", 0),
        ("Looks good to me.", math.nan),
        ("See chapter 4.", math.nan),
    ],
)
def test_how_many_faults_an_answer_counts(text, count):
    assert record(model(text))["advance"] == pytest.approx(count, nan_ok=True)


@pytest.mark.parametrize(
    "result", [{"member": False}, {"total": 0}, {"items": [], "page": 3}, {"hits": [], "ok": False}]
)
def test_what_says_something_is_not_empty(result):
    assert not record(tool({"q": 1}, result))["facts"] & Fact.EMPTY


def test_how_long_a_failure_asks_to_wait_is_kept_in_ms():
    said = Meaning(Kind.TOOL, tool="get", error_class=ErrorClass.RATE_LIMIT, retry_after=1.25)
    assert unpack([signature(said)])["retry_after"].tolist() == [1250]
    said.retry_after = None
    assert unpack([signature(said)])["retry_after"].tolist() == [0]


def test_a_result_of_mcp_is_what_its_one_text_says():
    def signed(result):
        return signature(tool({"q": "x"}, result))

    def wrapped(*texts):
        return signed({"content": [{"type": "text", "text": text} for text in texts]})

    one, other = (wrapped(f'{{"n": 5, "elapsed_ms": {ms}, "percent": 20}}') for ms in (12, 17))
    assert one == other == signed({"n": 5, "elapsed_ms": 1, "percent": 20})
    assert wrapped("five") == signed("five") != wrapped("five", "five")
