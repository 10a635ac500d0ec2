"""The form of a budget says what a budget says."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.alerts.watch import BadRule
from agentscope.budgets.models import Budget
from agentscope.budgets.policy import terms
from ui.budget_form import BudgetForm

SAID = {
    "name": "daily",
    "limit": "$1,250.50",
    "unit": "usd",
    "soft": "75",
    "each": "agent",
    "window_kind": "day",
    "at_soft": "downgrade",
    "at_hard": "stop",
    "fail": "closed",
    "findings": "alert",
    "codes": "exact_repeat, permanent_retry,",
    "failing": "on",
    "enabled": "on",
    "only_environment": "production",
}


def form(**said: str) -> BudgetForm:
    found = BudgetForm({**SAID, **said}, [])
    assert found.is_valid(), found.errors
    return found


def test_it_works():
    said = form().said
    assert (said["limit"], said["soft"]) == (Decimal("1250.50"), Decimal("0.75"))
    assert said["window"] == {"kind": "calendar", "unit": "day"}
    assert said["only"] == {"environment": "production"}
    assert said["policy"]["findings"] == ["alert", "exact_repeat", "permanent_retry"]
    assert terms(said).soft == Decimal("937.875")


def test_a_soft_level_that_is_not_said_is_the_usual_one():
    assert form(soft="").said["soft"] == Decimal("0.8")


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ({"limit": "much"}, "limit"),
        ({"limit": ""}, "limit"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "2,50"}, "limit"),
        ({"limit": "1,2500"}, "limit"),
        ({"soft": "eighty"}, "soft"),
        ({"window_kind": "rolling", "window_number": "soon"}, "window_number"),
    ],
)
def test_what_is_no_number_is_told_at_its_place(said, part):
    found = form(**said)
    with pytest.raises(BadRule) as error:
        found.said  # noqa: B018
    found.blame(error.value)
    assert list(found.errors) == [part]


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ({"soft": "101"}, "soft"),
        ({"window_kind": "whole"}, "window_kind"),
        ({"window_kind": "rolling", "window_number": "1", "window_unit": "60"}, None),
        ({"only_trace": "x"}, "each"),
        ({"limit": "0"}, "limit"),
    ],
)
def test_what_makes_no_budget_is_told_too(said, part):
    found = form(**said)
    if part is None:
        assert terms(found.said)
        return
    with pytest.raises(BadRule) as error:
        terms(found.said)
    found.blame(error.value)
    assert list(found.errors) == [part]


@given(
    limit=st.decimals("0.000000000001", 10**9, places=12),
    soft=st.integers(1, 100),
    seconds=st.integers(1, 1000).map(lambda minutes: minutes * 60),
    each=st.sampled_from(["", "agent", "session", "user"]),
    findings=st.lists(st.sampled_from(["exact_repeat", "retry_storm"]), unique=True),
    worst=st.sampled_from([[], ["warning"], ["alert"]]),
    errors=st.booleans(),
)
def test_what_a_budget_says_comes_back_as_it_was(
    limit, soft, seconds, each, findings, worst, errors
):
    policy = {"soft": "warn", "hard": "warn", "fail": "open", "model": "small", "errors": errors}
    budget = Budget(
        name="of a run",
        limit=limit,
        soft=Decimal(soft) / 100,
        each=each,
        window={"kind": "rolling", "seconds": seconds},
        policy=policy | {"findings": [*worst, *findings]},
    )
    again = BudgetForm(BudgetForm.start_of(budget), [])
    assert again.is_valid()
    for name, value in again.said.items():
        assert value == getattr(budget, name)
