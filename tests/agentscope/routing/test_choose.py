"""Histories with a known right answer, and what holds for all."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from agentscope.prices.models import ModelPrice
from agentscope.routing.advised import ASSUMED, Basis, Verdict
from agentscope.routing.choose import advise
from agentscope.routing.kinds import CallKind
from agentscope.routing.lines import cost
from agentscope.routing.record import LEAST_CALLS
from tests.kit.routing import DAY, line, priced, row

Unit = ModelPrice.Unit


def told(*lines, book=None):
    return advise(lines, book or priced(), DAY)


def test_it_works():
    (found,) = told(line())
    assert (found.path, found.model, found.kind) == ("planner", "gpt-4o", CallKind.SHORT_ANSWER)
    assert (found.best.model, found.best.basis) == ("gpt-4o-mini", Basis.SMALLER)
    assert found.best.verdict == Verdict.TRY
    # 100 calls of 1,000 + 100 tokens: $0.35 on gpt-4o, $0.021 on gpt-4o-mini
    assert found.best.saving.now == Decimal("0.35")
    assert found.best.saving.then == Decimal("0.021")
    assert found.saving == Decimal("0.329")
    assert found.reason == "No evidence here: try gpt-4o-mini on 73 calls."


def test_what_went_as_well_on_a_cheaper_model_is_proven():
    (found,) = told(line(), line("gpt-4o-mini", 200))
    assert found.best.verdict == Verdict.PROVEN
    assert found.best.evidence.record.calls == 200
    assert found.best.evidence.is_same_agent
    assert found.best.try_calls == 0
    assert found.reason.endswith("at most 5 % worse, with 95 % certainty.")


def test_calls_of_another_agent_are_shown_but_prove_nothing():
    (found,) = told(line("gpt-5"), line("gpt-5-nano", 200, path="other"))
    assert (found.best.model, found.best.verdict) == ("gpt-5-nano", Verdict.TRY)
    assert found.best.evidence.agents == ("other",)
    assert found.reason == (
        "200 such calls of other agents on gpt-5-nano went well in 100 %, 100 on gpt-5 in 100 %:"
        " that is other work, try it on 73 calls."
    )


def test_calls_of_another_agent_rule_a_model_out():
    (found,) = told(line("gpt-5"), line("gpt-5-nano", 200, 60, path="other"))
    assert found.best.model == "gpt-5-mini"


def test_the_same_agents_calls_tell_more_than_those_of_others():
    found = told(line(), line("gpt-4o-mini", 200, path="other"), line("gpt-4o-mini", 100, 40))
    assert found == []  # it went wrong for this agent


def test_too_few_calls_tell_nothing():
    (found,) = told(line(), line("gpt-4o-mini", 20))
    assert found.best.verdict == Verdict.TRY
    assert "too few to tell, try it on 73 calls" in found.reason


def test_a_model_on_which_it_went_wrong_is_not_advised():
    (found,) = told(line("gpt-5"), line("gpt-5-nano", 200, 60))
    assert found.best.model == "gpt-5-mini"
    assert [(each.model, each.verdict) for each in found.others] == [("gpt-5-nano", Verdict.WORSE)]


def test_without_evidence_the_next_smaller_model_is_to_be_tried():
    (found,) = told(line("gpt-5"))
    assert found.best.model == "gpt-5-mini"
    assert [each.model for each in found.others] == ["gpt-5-nano"]


def test_of_proven_models_the_one_that_saves_most_is_advised():
    found = told(line("gpt-5"), line("gpt-5-mini", 200), line("gpt-5-nano", 200))
    by_model = {each.model: each for each in found}
    assert by_model["gpt-5"].best.model == "gpt-5-nano"
    assert by_model["gpt-5-mini"].best.model == "gpt-5-nano"


def test_a_name_is_spelled_as_its_sibling_is():
    (found,) = told(line("claude-sonnet-4-5-20250929"))
    assert found.best.model == "claude-haiku-4-5"
    (found,) = told(line("openai/gpt-4o", provider="litellm"))
    assert found.best.model == "openai/gpt-4o-mini"


def test_a_model_is_called_as_the_project_calls_it():
    (found,) = told(line(), line("gpt-4o-mini-2024-07-18", 200))
    assert found.best.model == "gpt-4o-mini-2024-07-18"


@pytest.mark.parametrize("kind", [CallKind.REASONING, CallKind.LONG_ANSWER])
def test_heavy_work_is_advised_only_with_evidence(kind):
    assert told(line(kind=kind)) == []
    (found,) = told(line(kind=kind), line("gpt-4o-mini", 200, kind=kind))
    assert found.best.verdict == Verdict.PROVEN


def test_work_that_often_goes_wrong_now_is_advised_only_with_evidence():
    assert told(line(flawed=10)) == []
    (found,) = told(line(flawed=10), line("gpt-4o-mini", 400, 20))
    assert found.best.verdict == Verdict.PROVEN


def test_calls_of_which_nothing_came_back_count_against_every_kind():
    lost = line("gpt-4o-mini", 60, 60, kind=CallKind.UNKNOWN)
    assert told(line(), line("gpt-4o-mini", 140), lost) == []


def test_a_few_calls_are_no_history():
    assert told(line(calls=LEAST_CALLS - 1)) == []


def test_a_context_that_is_too_small_is_not_advised():
    large = {"least_input": 190_000, "most_input": 190_000}
    assert told(line(**large)) == []  # gpt-4o-mini takes 128,000
    assert told(line("gpt-5", **large))[0].best.model == "gpt-5-mini"  # 400,000


def test_a_context_that_nobody_knows_must_have_been_seen():
    sold = [("m-large", "10"), ("m-small", "1")]
    book = priced(*(row("home", *each, usd) for name, usd in sold
                    for each in ((name, Unit.INPUT), (name, Unit.OUTPUT))))  # fmt: skip
    asked = line("m-large", provider="home")
    assert told(asked, book=book) == []
    seen = line("m-small", 200, provider="home", most_input=1_100)
    assert told(asked, seen, book=book)[0].best.verdict == Verdict.PROVEN
    failed = line("m-small", 200, 1, provider="home", most_input=1_100)
    assert told(asked, failed, book=book) == []


def test_a_model_that_is_going_to_be_switched_off_is_not_advised():
    """Though the project calls it already, it is cheaper and went as well."""
    prices = {"gemini-2.5-pro": "10", "gemini-2.0-flash": "1", "gemini-2.5-flash-lite": "2"}
    book = priced(*(row("google", name, unit, usd) for name, usd in prices.items()
                    for unit in (Unit.INPUT, Unit.OUTPUT)))  # fmt: skip
    asked = line("gemini-2.5-pro", provider="google")
    off = line("gemini-2.0-flash", 500, provider="google", path="other")
    (found,) = told(asked, off, book=book)
    assert (found.best.model, found.others) == ("gemini-2.5-flash-lite", ())


@pytest.mark.parametrize("kind", [CallKind.TOOL_CHOICE, CallKind.ROUTING])
def test_another_model_must_have_called_tools_here(kind):
    """Nobody says of a model of another release that it calls any."""
    asked = line("claude-haiku-4-5", kind=kind)
    answers = line("gpt-5-nano", 200, path="other")
    assert not told(asked, answers)
    calls = line("gpt-5-nano", 200, path="other", kind=kind)
    (found,) = told(asked, answers, calls)
    assert (found.best.model, found.best.verdict) == ("gpt-5-nano", Verdict.TRY)


def test_the_sizes_of_a_release_call_tools_alike():
    (found,) = told(line("gpt-5", kind=CallKind.TOOL_CHOICE))
    assert (found.best.model, found.best.basis) == ("gpt-5-mini", Basis.SMALLER)


def test_another_providers_model_is_advised_only_if_it_is_called_already():
    """Another provider needs an account, and another client: nobody has it by being told."""
    (found,) = told(line("claude-haiku-4-5"), line("gpt-5-nano", 200, path="planner"))
    assert (found.best.provider, found.best.basis) == ("openai", Basis.USED)
    assert told(line("claude-haiku-4-5")) == []


def test_a_try_stays_with_the_provider():
    """Another one has another client and other answers, whatever it does for other agents."""
    (found,) = told(line("claude-sonnet-4-5"), line("gpt-5-nano", 200, path="other"))
    assert (found.best.provider, found.best.model) == ("anthropic", "claude-haiku-4-5")
    assert [each.model for each in found.others if each.provider == "openai"] == ["gpt-5-nano"]
    (found,) = told(line("claude-sonnet-4-5"), line("gpt-5-nano", 200))  # it is proven here
    assert found.best.model == "gpt-5-nano"


def test_a_larger_or_dearer_size_is_not_advised():
    assert told(line("gpt-5-mini")) != []
    assert all(each.model != "gpt-5" for each in told(line("gpt-5-mini"))[0].others)
    assert told(line("gpt-5-nano")) == []


def test_what_is_in_no_price_list_is_said():
    text = " ".join(ASSUMED)
    for unknown in ("pictures", "structure", "tools", "cache", "tokens"):
        assert unknown in text


def test_an_unknown_price_is_unknown():
    assert told(line("no-such-model", provider="home")) == []
    assert told(line("gpt-4o"), line("no-such-model", 500, provider="home"))[0].others == ()


def test_what_has_no_price_there_is_named_and_in_neither_sum():
    tier = line(service_tier="priority", calls=50)
    (found,) = told(line(), tier)
    assert found.best.saving.unpriced_calls == 50
    assert found.best.saving.priced_calls == 100
    assert "no price" in found.best.saving.unpriced_why[0]
    assert found.saving == Decimal("0.329")


def test_sound_without_a_price_of_its_own_is_unknown():
    heard = line(tokens=(1_000, 0, 0, 0, 50, 100, 0, 0))
    assert told(heard) == []


def test_how_steady_a_place_is():
    (found,) = told(line(calls=90), line(calls=10, kind=CallKind.REASONING))
    assert found.share == 0.9


MODELS = st.sampled_from(["gpt-5", "gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-4o", "no-such-model"])
SOUND = st.sampled_from([0] * 9 + [1])  # tokens, for which these models have no price
TEXT = st.integers(0, 10**6)
LINES = st.lists(
    st.builds(
        lambda model, calls, flawed, kind, path, tokens, most: line(
            model,
            calls,
            flawed,
            kind=kind,
            path=path,
            tokens=tuple(each * calls for each in tokens),
            most_input=most,
            least_input=most,
        ),
        MODELS,
        st.integers(30, 500),
        st.sampled_from([0, 0, 1, 20]),
        st.sampled_from([CallKind.SHORT_ANSWER, CallKind.REASONING, CallKind.UNKNOWN]),
        st.sampled_from(["planner", "planner/writer"]),
        st.tuples(TEXT, TEXT, TEXT, TEXT, SOUND, TEXT, TEXT, SOUND),
        st.sampled_from([10, 32_001, 150_000, 250_000]),
    ),
    max_size=12,
)


def drawn(condition):
    """Lines of which something holds; the first that are drawn, however many."""
    return find(LINES, condition, settings=settings(max_examples=5_000, phases=[Phase.generate]))


@pytest.mark.parametrize("verdict", [Verdict.PROVEN, Verdict.TRY])
def test_what_is_drawn_has_advice_of_every_kind(verdict):
    assert drawn(lambda lines: any(each.best.verdict == verdict for each in told(*lines)))
    assert drawn(lambda lines: any(each.others for each in told(*lines)))


@given(LINES, st.randoms())
def test_order_does_not_matter(lines, chance):
    again = list(lines)
    chance.shuffle(again)
    assert told(*again) == told(*lines)


@given(LINES)
def test_what_is_saved_is_the_sum_of_differences_to_the_last_digit(lines):
    book = priced()
    for found in told(*lines, book=book):
        own = [
            each
            for each in lines
            if (each.path, each.model, each.kind) == (found.path, found.model, found.kind)
        ]
        differences = []
        for each in own:
            now, _ = cost(book, DAY, each, each.provider, each.model)
            then, _ = cost(book, DAY, each, found.best.provider, found.best.model)
            if now is not None and then is not None:
                assert then <= now
                differences.append(now - then)
        assert sum(differences) == found.saving


@given(LINES)
def test_a_dearer_model_or_one_that_is_too_small_is_never_advised(lines):
    for found in told(*lines):
        for each in (found.best, *found.others):
            assert each.saving.usd > 0
            assert each.context is None or found.most_input <= each.context
        assert found.best.verdict != Verdict.WORSE


@given(LINES)
def test_calls_split_into_lines_come_to_the_same(lines):
    halves = [half for each in lines for half in halved(each)]
    key = lambda each: (each.path, each.model, each.kind)  # noqa: E731
    whole, split = ({key(each): each.saving for each in told(*some)} for some in (lines, halves))
    assert whole == split


def halved(whole):
    """A line as two, of the same calls."""
    first = tuple(each // 2 for each in whole.tokens)
    rest = tuple(all_ - half for all_, half in zip(whole.tokens, first, strict=True))
    record = whole.record
    half = replace(record, calls=record.calls // 2, flawed=0, failed=0)
    other = replace(record, calls=record.calls - half.calls)
    return [replace(whole, tokens=first, record=half), replace(whole, tokens=rest, record=other)]
