from decimal import Decimal

from agentscope.traces.meant import Meant
from agentscope.vocabulary import Discarded, Flag, Kind, Meaning, Usage, UsageRule
from ui.trial import Said, lines


def test_each_field_before_and_after():
    now = Meaning(Kind.LLM, model="gpt-4o", sources={"model": "llm.model_name"})
    then = Meaning(
        Kind.LLM,
        agent="ada",
        model="gpt-4o",
        usage=Usage(1200, cache_read=7, rule=UsageRule.BY_TOTAL),
        reported_cost=Decimal("0.000001"),
        discarded=Discarded.REJECTED,
        flags=Flag.TRUNCATED,
        dimensions={"tenant": "b"},
        sources={"model": "llm.model_name", "agent": "acme.bot", "usage": "output.value"},
    )
    found = {line.field: line for line in lines(Meant(now), Meant(then))}
    assert list(found)[-3:] == ["kind", "status", "model"]
    assert [name for name, line in found.items() if not line.differs] == ["kind", "status", "model"]
    assert (found["agent"].now, found["agent"].then) == (Said(), Said("ada", "acme.bot"))
    assert found["input_tokens"].then == Said("1,200", "output.value")
    assert found["reported_cost"].then.value == "0.000001"
    assert found["discarded"].then.value == "rejected"
    assert found["flags"].then.value == "truncated"
    assert found["group tenant"].then == Said("b", "tenant")
    assert found["rule of the tokens"].then.value.startswith("Nothing was added")


def test_what_is_lost_is_shown_too():
    (line,) = [
        line for line in lines(Meant(Meaning(agent="ada")), Meant(Meaning())) if line.differs
    ]
    assert (line.field, line.now.value, line.then.value) == ("agent", "ada", "")


def test_log_records_fill_what_the_span_leaves_open():
    told = Meaning(agent="bob", user="eve", usage=Usage(7, 3), sources={"user": "who"})
    found = {
        line.field: line.now for line in lines(*[Meant(Meaning(agent="ada"), [("e", told)])] * 2)
    }
    assert (found["agent"], found["user"]) == (Said("ada"), Said("eve", "who (e)"))
    assert found["input_tokens"] == Said("7", "(e)")


def test_tokens_are_the_spans_or_those_of_one_record():
    span, first, second = (Meaning(usage=usage) for usage in (Usage(1), Usage(7), Usage(8, 3)))
    own = {line.field: line.now.value for line in lines(*[Meant(span, [("e", first)])] * 2)}
    assert own["input_tokens"] == "1"
    told = [("e", first), ("f", second)]
    one = {line.field: line.now.value for line in lines(*[Meant(Meaning(), told)] * 2)}
    assert (one["input_tokens"], "output_tokens" in one) == ("7", False)
