from decimal import Decimal

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
    found = {line.field: line for line in lines(now, then)}
    assert [name for name, line in found.items() if not line.differs] == ["kind", "status", "model"]
    assert (found["agent"].now, found["agent"].then) == (Said(), Said("ada", "acme.bot"))
    assert found["input_tokens"].then == Said("1,200", "output.value")
    assert found["reported_cost"].then.value == "0.000001"
    assert found["discarded"].then.value == "rejected"
    assert found["flags"].then.value == "truncated"
    assert found["group tenant"].then == Said("b", "tenant")
    assert found["rule of the tokens"].then.value.startswith("Nothing was added")


def test_what_is_lost_is_shown_too():
    (line,) = [line for line in lines(Meaning(agent="ada"), Meaning()) if line.differs]
    assert (line.field, line.now.value, line.then.value) == ("agent", "ada", "")
