"""What a trial tells of records: everything that any rule finds, and no secret."""

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from agentscope.redaction.policy import Action, Policy
from agentscope.redaction.preview import preview
from tests.kit.canary import CANARY, CORE, span_with
from tests.kit.otlp import TRACE_ID, a_span, pair


def tried(span: Span, **actions):
    return list(preview([(span.name, span)], Policy(actions)))


def test_it_tells_all_places_and_no_secret():
    found = tried(span_with(CANARY, TRACE_ID), openai_key=Action.DROP)
    assert len(found) >= 15
    assert {each.action for each in found} == {Action.DROP}
    assert not any(CORE in f"{each}" for each in found)
    places = {each.place for each in found}
    assert {"name", "status message", "attributes input.value", "trace_state"} <= places
    assert {"events name", "links attributes why", "attributes map deep"} <= places


def test_what_was_replaced_already_is_not_told_again():
    said = "one [redacted email], one jane.doe@example.com, one [redacted email]"
    span = a_span(attributes=[pair("note", string_value=said)])
    (found,) = tried(span)
    assert (found.code, found.action) == ("email", Action.OFF)


def test_the_record_stays_as_it_is():
    span = span_with(CANARY, TRACE_ID)
    before = span.SerializeToString()
    tried(span)
    assert span.SerializeToString() == before
