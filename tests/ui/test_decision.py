"""The decision of a model call or an agent, in its panel; and how rejected work looks."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.pipeline import examine
from agentscope.vocabulary import (
    Content,
    Discarded,
    Flag,
    Kind,
    Meaning,
    Message,
    Part,
    Status,
    Usage,
    Verdict,
)
from tests.ui.traces import TRACE_ID, save_trace, span
from ui.brief import LINE, beginning, call, first_line, heard
from ui.decision_links import evaluations

PAGE = f"/p/shop/traces/{TRACE_ID.hex}/"
HOSTILE = "<script>alert(1)</script>"

pytestmark = pytest.mark.usefixtures("embedded")


def said(role: str, text: str, ended: str = "") -> Message:
    return Message(role, [Part("text", text=text)], finish_reason=ended or None)


def model_call(
    content: Content, used: Usage | None = None, discarded: Discarded = Discarded.NONE
) -> Meaning:
    return Meaning(
        Kind.LLM, model="gpt-4o", usage=used or Usage(10, 1), content=content, discarded=discarded
    )


def guarded_run(name: str = "search", why: str = "no invoices"):
    """An agent whose first try is turned down by a guardrail, and whose second one is taken."""
    question = said("user", "Where is my order?")
    thinks = Message(
        "assistant",
        [Part("reasoning", text="I have to look."), Part("tool_call", name=name, value={"id": 7})],
    )
    first = Content(input_messages=[question], output_messages=[said("assistant", "No idea.")])
    second = Content(
        input_messages=[question, said("assistant", "No idea."), said("user", "Look!")],
        output_messages=[thinks],
    )
    refused = Meaning(Kind.GUARDRAIL, verdict=Verdict.REFUSED, verdict_why=why, flags=Flag.REFUSED)
    return [
        span(1, 0, meaning=Meaning(Kind.AGENT, agent="desk"), name="desk"),
        span(
            2,
            1,
            meaning=model_call(first, Usage(1000, 100), Discarded.REJECTED),
            name="try",
        ),
        span(3, 1, meaning=refused, name="no guesses"),
        span(4, 1, meaning=model_call(second, Usage(1000, 100)), name="again"),
        span(5, 1, meaning=Meaning(Kind.TOOL, tool=name), name=name),
    ]


def saved(project, spans):
    save_trace(project, *spans)
    examine(project.pk, TRACE_ID)


def section(client, number: int) -> str:
    """The decision in the panel of a span, without tags."""
    text = client.get(f"{PAGE}?span={number:016x}", headers={"HX-Target": "panel"}).text
    found = re.search(r'<section class="decision".*?</section>', text, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split()) if found else ""


def test_a_decision_reads_from_what_was_given_to_what_was_rejected(client, project):
    saved(project, guarded_run())
    text = section(client, 4)
    order = ("Given", "Considered", "Chose", "Did", "Rejected")
    assert [text.index(word) for word in order] == sorted(text.index(word) for word in order)
    assert "2 earlier messages, as of M model call: try rejected" in text
    assert "user Look!" in text
    assert "I have to look." in text
    assert 'search { "id": 7 }' in text
    assert "T tool: search" in text
    price = "$0.0035"  # 1,000 tokens in and 100 out of gpt-4o
    assert f"model call: try rejected 100 ms · {price} Discarded work: turned down" in text
    assert f"Spent in vain: {price}" in text


def test_what_turned_a_try_down_is_told_with_it(client, project):
    saved(project, guarded_run())
    text = section(client, 2)
    assert (
        "Discarded work: turned down (its sender says so). In its place: M model call: again"
        in (text)
    )
    assert "no guesses blocked" in text
    assert "no invoices" in text


def test_an_agent_tells_all_of_its_decisions(client, project):
    saved(project, guarded_run())
    text = section(client, 1)
    assert "2 decisions" in text
    assert "user Where is my order?" in text
    assert "2 model calls, from M model call: try" in text
    assert "Spent in vain: $0.0035" in text


def test_what_came_of_a_decision_links_to_it(client, project):
    saved(project, guarded_run())
    assert section(client, 5) == "It came of the decision M model call: again"
    assert section(client, 3) == "It came of the decision M model call: try rejected"


def test_of_several_answers_the_one_in_a_later_prompt_was_taken(client, project):
    answers = [said("assistant", "Yes.", "stop"), said("assistant", "No.", "stop")]
    asked = Content(input_messages=[said("user", "Well?")], output_messages=answers)
    later = Content(
        input_messages=[said("user", "Well?"), said("assistant", "No."), said("user", "Why?")],
        output_messages=[said("assistant", "Because.")],
    )
    run = [
        span(1, 0, meaning=Meaning(Kind.AGENT, agent="a"), name="a"),
        span(2, 1, meaning=model_call(asked), name="ask"),
        span(3, 1, meaning=model_call(later), name="go on"),
    ]
    saved(project, run)
    text = section(client, 2)
    assert "Answer 1 of 2 finished: stop not taken Yes." in text
    assert "Answer 2 of 2 finished: stop taken No." in text
    assert "Chose No." in text


def test_nothing_is_said_of_which_answer_was_used_where_nothing_tells(client, project):
    answers = [said("assistant", "Yes.", "stop"), said("assistant", "No.", "stop")]
    saved(project, [span(1, meaning=Meaning(Kind.LLM, content=Content(output_messages=answers)))])
    assert "Nothing tells which of the answers was used." in section(client, 1)


def test_rejected_rows_have_a_look_of_their_own(client, project):
    saved(project, guarded_run())
    text = client.get(PAGE).text
    rejected = re.findall(r'<tr role="row" id="s-(\w+)"[^>]* data-rejected', text)
    assert rejected == [f"{2:016x}"]
    pill = re.search(r'data-tone="gone" title="([^"]*)">([^<]*)<', text)
    assert pill
    assert pill[2] == "rejected, $0.0035"
    assert pill[1] == "Discarded work: turned down (its sender says so). Spent in vain: $0.0035."
    assert ">blocked<" in text


def test_an_interrupt_says_when_it_was_resumed(client, project):
    waiting = Meaning(Kind.TOOL, tool="pay", status=Status.WAITING)
    model = Meaning(Kind.LLM, model="m", usage=Usage(1, 1))
    run = [
        span(1, 0, meaning=Meaning(Kind.AGENT, agent="a"), name="a"),
        span(2, 1, meaning=waiting, name="pay"),
    ]
    saved(project, run)
    assert "waits for a person" in client.get(PAGE).text
    saved(project, [*run, span(40, 1, meaning=model, name="on")])
    text = client.get(PAGE).text
    assert "waits for a person" not in text
    assert re.search(r">resumed after \d\.\d s<", text)


def test_verdicts_in_events_are_told_as_they_are():
    told = {
        "gen_ai.evaluation.name": "grounded",
        "gen_ai.evaluation.score.label": "meh",
        "gen_ai.evaluation.score.value": 0.4,
        "gen_ai.evaluation.explanation": "two of five\nsources",
    }
    (found,) = evaluations([told, {"other": 1}])
    assert (found.name, found.words, found.why) == ("grounded", "meh, 0.4", "two of five")
    assert found.span_id == ""


def test_texts_of_strangers_stay_texts(client, project):
    run = guarded_run(HOSTILE, HOSTILE)
    saved(project, run)
    for number in range(1, 6):
        text = client.get(f"{PAGE}?span={number:016x}").text
        assert HOSTILE not in text


def queries(client, address) -> list[str]:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address, headers={"HX-Target": "panel"}).status_code == 200
    return [query["sql"] for query in found]


def test_a_decision_takes_four_queries_at_most_however_much_was_around_it(client, project):
    saved(project, guarded_run())
    few = queries(client, f"{PAGE}?span={4:016x}")
    guards = [
        span(number, 1, meaning=Meaning(Kind.GUARDRAIL), name=f"guard {number}")
        for number in range(6, 90)
    ]
    saved(project, [*guarded_run(), *guards])
    assert len(queries(client, f"{PAGE}?span={4:016x}")) <= len(few) + 1


def test_what_was_said_is_read_once(client, project):
    saved(project, guarded_run())
    found = queries(client, f"{PAGE}?span={4:016x}")
    asked = [query for query in found if 'FROM "span_payload"' in query]
    assert len(asked) == 2, "the span itself, then all that is around it"


def test_a_message_is_told_in_one_line():
    message = {
        "role": "assistant",
        "parts": [
            {"type": "reasoning", "text": "hm"},
            {"type": "text", "text": "Well,\nlook"},
            {"type": "tool_call", "name": "t", "value": {"a": [1]}},
            {"type": "media", "value": {}},
        ],
    }
    found = heard(message)
    assert (found.role, found.text) == ("assistant", "Well,")
    assert found.more > 0
    result = {"type": "tool_result", "name": "t", "value": 3}
    assert heard({"role": "tool", "parts": [result]}).text == "t: 3"
    assert heard({}).role == "unknown"


def test_long_lines_are_cut_and_say_so():
    assert first_line("a" * 500) == ("a" * LINE, 500 - LINE)
    assert first_line("") == ("", 0)
    assert beginning("x\ny") == ("x", 2)
    assert call({"name": "t", "value": "b" * 500}).arguments == "b" * LINE + "…"
    assert call({}).name == "unnamed tool"


def test_what_is_left_out_of_a_decision_is_counted(client, project):
    many = [
        span(number, 1, meaning=Meaning(Kind.TOOL, tool="look"), name="look")
        for number in range(6, 18)
    ]
    saved(project, [*guarded_run(), *many])
    assert re.search(r"look 100 ms 3 more\b", section(client, 1))
