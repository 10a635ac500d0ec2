"""What log records say of the messages of a model call is signed as if the span had said it."""

from __future__ import annotations

from uuid import UUID

import pytest

from agentscope.signatures.record import Fact
from agentscope.signatures.stored import unpack
from agentscope.traces.load import load_spans
from agentscope.traces.write import save_logs, save_spans
from agentscope.vocabulary import Content, Kind, Meaning, Message, Part, Usage
from tests.kit.spans import NOON, TRACE, wire_log, wire_span

pytestmark = pytest.mark.django_db


def llm(**said):
    return Meaning(Kind.LLM, model="gpt-4o", **said)


def loaded():
    spans = load_spans(1, UUID(bytes=TRACE))
    return {number: at for at, number in enumerate(spans.span_id.tolist())}, spans


def message(role, text):
    """A record of one message to a model, or of its answer."""
    said = Message(role, [Part("text", text)])
    where = "output_messages" if role == "assistant" else "input_messages"
    return Meaning(content=Content(**{where: [said]}))


def signed(spans, at):
    """The signature of a row."""
    return unpack([spans.signature[at]])[0].tobytes()


def test_messages_of_records_are_signed_as_if_the_span_had_them():
    talk = [("system", "Be brief."), ("user", "Is it raining?"), ("user", "In Oslo?")]
    words = [Message(role, [Part("text", text)]) for role, text in talk]
    whole = Content(
        input_messages=words, output_messages=[Message("assistant", [Part("text", "No.")])]
    )
    records = [
        (wire_log(time_ns=NOON + at), message(*said))
        for at, said in enumerate([*talk, ("assistant", "No.")])
    ]
    save_spans(1, [(wire_span(1), llm()), (wire_span(2), llm(content=whole))])
    save_logs(1, records)
    rows, spans = loaded()
    assert signed(spans, rows[1]) == signed(spans, rows[2])


def test_messages_sign_no_agent():
    save_spans(1, [(wire_span(1), Meaning(Kind.AGENT, agent="desk"))])
    save_logs(1, [(wire_log(), message("user", "Is it raining?"))])
    rows, spans = loaded()
    assert spans.signature[rows[1]] is None


def test_what_a_span_says_itself_stays_when_records_say_it_again():
    own = Content(input_messages=[Message("user", [Part("text", "Is it raining?")])])
    save_spans(1, [(wire_span(1), llm(content=own))])
    rows, spans = loaded()
    before = signed(spans, rows[1])
    save_logs(1, [(wire_log(), message("user", "Is it snowing?"))])
    rows, spans = loaded()
    assert signed(spans, rows[1]) == before


@pytest.mark.parametrize(
    ("usage", "is_known"),
    [
        (None, True),
        (Usage(output=3), True),
        (Usage(output=90, reasoning=80), True),
        (Usage(output=90), False),
    ],
)
def test_an_answer_of_many_tokens_without_a_word_is_not_known(usage, is_known):
    bare = Meaning(content=Content(output_messages=[Message("assistant", finish_reason="stop")]))
    save_spans(1, [(wire_span(1), llm(usage=usage))])
    save_logs(1, [(wire_log(), bare)])
    rows, spans = loaded()
    said = unpack([spans.signature[rows[1]]])[0]
    assert bool(said["facts"] & Fact.EMPTY) is is_known
    assert bool(said["result"]) is is_known
