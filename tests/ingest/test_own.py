"""What spans mean to a project with mappings, and attributes to group costs by."""

from decimal import Decimal

import pytest

from agentscope.projects.mappings import FIELDS, Wishes
from agentscope.signatures.signature import signature
from agentscope.signatures.stored import unpack
from agentscope.vocabulary import Discarded, Flag, Kind, Rung, WireScope
from ingest.dialects import TOGETHER
from ingest.own import READERS, REFRESHED, understanding, understanding_of
from tests.kit.spans import wire_log, wire_span

PROJECT = 987_654


def meaning_of(attributes, *mappings):
    return understanding(Wishes(mappings)).span(wire_span(attributes=attributes))


def test_every_field_that_is_offered_can_be_read():
    assert READERS.keys() == FIELDS.keys()


VALUES = {
    "kind": ("agent", lambda it: it.kind is Kind.AGENT),
    "model": ("gpt-9", lambda it: it.model == "gpt-9"),
    "request_model": ("gpt-9", lambda it: it.request_model == "gpt-9"),
    "provider": ("acme", lambda it: it.provider == "acme"),
    "service_tier": ("BATCH", lambda it: it.service_tier == "batch"),
    "session": ("s", lambda it: (it.session, it.session_rung) == ("s", Rung.EXPLICIT)),
    "conversation": ("c", lambda it: (it.session, it.session_rung) == ("c", Rung.CONVERSATION)),
    "outcome": ("passed", lambda it: it.outcome == "success"),
    "discarded": (True, lambda it: it.discarded is Discarded.UNUSED),
    "error_type": ("Boom", lambda it: it.error_type == "Boom"),
    "error_message": ("it broke", lambda it: it.error_message == "it broke"),
    "reported_cost": ("0.25", lambda it: it.reported_cost == Decimal("0.25")),
    "cached_answer": (True, lambda it: Flag.CACHED_ANSWER in it.flags),
    "additive": ("true", lambda it: Flag.ADDITIVE in it.flags),
    "roll_up": (1, lambda it: Flag.ROLL_UP in it.flags),
    "evaluation": (True, lambda it: Flag.EVALUATION in it.flags),
    "input_tokens": ("12", lambda it: it.usage.input == 12),
    "output_tokens": (3, lambda it: it.usage.output == 3),
    "cache_read_tokens": (3, lambda it: it.usage.cache_read == 3),
    "cache_write_tokens": (3, lambda it: it.usage.cache_write == 3),
    "cache_write_5m_tokens": (3, lambda it: it.usage.cache_write == 3),
    "cache_write_1h_tokens": (3, lambda it: it.usage.cache_write_1h == 3),
    "reasoning_tokens": (3, lambda it: it.usage.reasoning == 3),
    "audio_input_tokens": (3, lambda it: it.usage.audio_input == 3),
    "audio_output_tokens": (3, lambda it: it.usage.audio_output == 3),
    "web_searches": (3, lambda it: it.usage.web_searches == 3),
    "step_limit": ("12", lambda it: it.step_limit == 12),
}
NAMES = set(FIELDS) - set(VALUES) - {"total_tokens", "tool_input_tokens"}
PLAIN = {name: ("it", lambda it, name=name: getattr(it, name) == "it") for name in NAMES}


@pytest.mark.parametrize("field", sorted({**VALUES, **PLAIN}))
def test_an_attribute_can_mean_each_field(field):
    value, is_meant = (VALUES | PLAIN)[field]
    attributes = {"acme.x": value}
    if field == "error_message":
        attributes["error.type"] = "Boom"
    assert is_meant(meaning_of(attributes, ("acme.x", field)))


def test_the_parts_of_a_total_can_be_mapped():
    attributes = {"i": 10, "o": 5, "x": 4, "t": 3, "sum": 22}
    usage = meaning_of(
        attributes,
        ("i", "input_tokens"),
        ("o", "output_tokens"),
        ("x", "reasoning_tokens"),
        ("t", "tool_input_tokens"),
        ("sum", "total_tokens"),
    ).usage
    assert (usage.input, usage.output) == (13, 9)


def test_a_mapping_goes_before_all_dialects_and_names_its_attribute():
    attributes = {"gen_ai.response.model": "gpt-4o", "acme.model": "acme-7b", "acme.old": "x"}
    found = meaning_of(attributes, ("acme.model", "model"), ("acme.old", "model"))
    assert (found.model, found.sources["model"]) == ("acme-7b", "acme.model (mapping)")
    del attributes["acme.model"], attributes["acme.old"]
    assert meaning_of(attributes, ("acme.model", "model")).model == "gpt-4o"


def test_what_cannot_be_read_gives_way_to_the_dialects():
    attributes = {"gen_ai.usage.input_tokens": 5, "acme.in": "many"}
    assert meaning_of(attributes, ("acme.in", "input_tokens")).usage.input == 5


def test_one_attribute_can_mean_two_fields():
    found = meaning_of({"who": "ada"}, ("who", "user"), ("who", "session"))
    assert (found.user, found.session) == ("ada", "ada")


SCOPE = WireScope({"team": "red", "bot": "rex"}, "s", "1", {"bot": "sam"}, "", b"")


@pytest.mark.parametrize(
    ("attributes", "mappings", "agent", "source"),
    [
        ({"bot": "ada"}, ["bot"], "ada", "bot (mapping)"),
        ({}, ["bot"], "sam", "scope bot (mapping)"),
        ({"bot": ""}, ["bot"], "sam", "scope bot (mapping)"),
        ({}, ["team"], "red", "resource team (mapping)"),
        ({}, ["team", "bot"], "red", "resource team (mapping)"),
        ({"gen_ai.agent.name": "eve"}, ["team"], "red", "resource team (mapping)"),
        ({"gen_ai.agent.name": "eve"}, ["none"], "eve", "gen_ai.agent.name"),
    ],
)
def test_a_mapped_attribute_is_looked_for_on_span_scope_and_resource(
    attributes, mappings, agent, source
):
    own = understanding(Wishes(tuple((name, "agent") for name in mappings)))
    found = own.span(wire_span(attributes=attributes, scope=SCOPE))
    assert (found.agent, found.sources["agent"]) == (agent, source)


def test_a_record_has_the_resource_of_its_span_only_where_it_stands_for_it():
    own = understanding(Wishes((("team", "agent"), ("mine", "user"))))
    said = {"scope": SCOPE, "attributes": {"mine": "bob"}}
    alone = own.log(wire_log(**said, trace_id=b"", span_id=b""))
    assert (alone.agent, alone.user) == ("red", "bob")
    assert (own.log(wire_log(**said)).agent, own.log(wire_log(**said)).user) == ("", "bob")


def test_a_redacted_value_is_none_and_is_noted():
    found = meaning_of({"acme.bot": "<REDACTED>"}, ("acme.bot", "agent"))
    assert (found.agent, found.flags) == ("", Flag.REDACTED)


def test_costs_are_grouped_by_what_the_span_says_else_its_resource():
    scope = WireScope({"tenant": "a", "team": "x" * 300, "n": 7}, "s", "1", {}, "", b"")
    own = understanding(Wishes((), ("tenant", "team", "n", "flag", "missing", "list")))
    span = wire_span(attributes={"tenant": "b", "flag": True, "list": [1, "a"]}, scope=scope)
    assert own.span(span).dimensions == {
        "tenant": "b",
        "team": "x" * 200,
        "n": "7",
        "flag": "true",
        "list": '[1,"a"]',
    }
    assert own.plan is TOGETHER.plan


def test_log_records_have_groups_too():
    own = understanding(Wishes((), ("tenant",)))
    assert own.log(wire_log(attributes={"tenant": "b"})).dimensions == {"tenant": "b"}


@pytest.mark.parametrize(("names", "same"), [((), False), (("Server-Load", "lease"), True)])
def test_steps_are_compared_without_what_the_project_leaves_out(names, same):
    own = understanding(Wishes(volatile=names))
    one, other = unpack([signed(own, number) for number in (1, 2)])
    assert bool(one["call"] == other["call"]) is same
    assert bool(one["result"] == other["result"]) is same
    assert own.log(wire_log()).volatile == own.span(wire_span()).volatile


def signed(own, number):
    """The signature of a call whose number is in its arguments and in its result."""
    attributes = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "search",
        "gen_ai.tool.call.arguments": f'{{"q": "rain", "in": [{{"lease": "L{number}"}}]}}',
        "gen_ai.tool.call.result": f'{{"hits": 3, "server_load": {number}}}',
    }
    meaning = own.span(wire_span(attributes=attributes))
    return signature(meaning, meaning.volatile)


def test_a_project_without_wishes_shares_the_plain_understanding():
    assert understanding_of(PROJECT, lambda _: Wishes()) is TOGETHER


def test_a_change_is_known_after_some_seconds_and_nothing_is_built_for_nothing():
    wishes, asked = Wishes((("a", "agent"),)), []

    def read(project):
        asked.append(project)
        return wishes

    first = understanding_of(PROJECT + 1, read, lambda: 0.0)
    assert understanding_of(PROJECT + 1, read, lambda: REFRESHED / 2) is first
    assert len(asked) == 1
    assert understanding_of(PROJECT + 1, read, lambda: 2 * REFRESHED) is first
    wishes = Wishes((("b", "agent"),))
    second = understanding_of(PROJECT + 1, read, lambda: 4 * REFRESHED)
    assert second is not first
    assert second.span(wire_span(attributes={"b": "ada"})).agent == "ada"
