"""Budgets as people see them."""

from __future__ import annotations

from decimal import Decimal

from agentscope.budgets.models import Reservation
from agentscope.budgets.read import AnswerFilters, answers, moment, states, told_channels
from agentscope.budgets.write import save_budget
from tests.agentscope.budgets.told import HOURLY, MINUTE, TODAY, ask, budget, look, tell
from tests.kit.costs import HOUR_NS, call, uuid
from tests.kit.spans import NOON
from tests.ui.alerting import channel_of


def test_how_a_budget_stands_and_what_is_to_come(project) -> None:
    made = budget(project, "48")
    tell(
        project,
        call(1, 1, 0, "2"),
        call(1, 2, 0, "1.80", after=10 * MINUTE),
        call(1, 3, 0, model="unknown"),
    )
    look(project, 15 * MINUTE)
    ask(project, after=15 * MINUTE, usd=Decimal(4), reserve=True)
    (found,) = states(project, [made], NOON + 15 * MINUTE)
    assert found.resets_at_ns == NOON + 12 * HOUR_NS
    (stand,) = found.groups
    assert (stand.group, stand.spent, stand.reserved) == ("", Decimal("3.80"), Decimal(4))
    assert stand.unpriced_calls == 1
    assert stand.a_second == Decimal("3.80") / 900
    assert str(stand.forecast) == "182.400000000000"  # no digit more than costs have
    assert stand.seconds_left == (48 - Decimal("7.80")) / stand.a_second


def test_a_window_that_is_over_counts_as_nothing(project) -> None:
    made = budget(project)
    tell(project, call(1, 1, 0, "9.50"))
    look(project)
    assert ask(project)["decision"] == "warn"
    assert ask(project, after=12 * HOUR_NS - 1)["decision"] == "warn"
    answer = ask(project, after=12 * HOUR_NS)
    assert (answer["decision"], answer["spent"]) == ("allow", "0")
    assert states(project, [made], NOON + 12 * HOUR_NS)[0].groups == []


def test_a_window_that_rolls_forgets_by_itself(project) -> None:
    budget(project, window=HOURLY)
    tell(project, call(1, 1, 0, "10"))
    look(project)
    assert ask(project)["decision"] == "stop"
    look(project, HOUR_NS + 2 * MINUTE)
    assert ask(project, after=HOUR_NS + 2 * MINUTE)["spent"] == "0"


def test_the_groups_that_used_most_come_first_in_one_query(
    project, django_assert_num_queries
) -> None:
    several = [budget(project, name=each, each=each) for each in ("session", "agent")]
    tell(project, *(call(at, 1, 0, str(at), session=f"s{at}") for at in range(1, 5)))
    look(project)
    with django_assert_num_queries(1):
        found, none = states(project, several, NOON + MINUTE, limit=2, offset=1)
    assert [each.group for each in found.groups] == ["s3", "s2"]
    assert (found.total, none.groups, none.total) == (4, [], 0)


def test_how_many_groups_there_are_is_told_behind_the_last_one_too(project) -> None:
    made = budget(project, each="session")
    tell(project, *(call(at, 1, 0, "1", session=f"s{at}") for at in (1, 2)))
    look(project)
    (found,) = states(project, [made], NOON + MINUTE, offset=9)
    assert (found.total, found.groups) == (2, [])


def test_who_has_only_reserved_is_listed_by_what_it_holds(project) -> None:
    made = budget(project, each="session")
    tell(project, *(call(at, 1, 0, str(at), session=f"s{at}") for at in (1, 2, 3)))
    look(project)
    ask(project, session="s1", trace=uuid(1), usd=Decimal("1.5"), reserve=True)
    ask(project, session="new", usd=Decimal("2.5"), reserve=True)
    ask(project, session="over", usd=Decimal(9), reserve=True)
    Reservation.objects.filter(group="over").update(expires_at=moment(NOON))
    (found,) = states(project, [made], NOON + MINUTE, limit=9)
    stands = [(each.group, each.spent, each.reserved) for each in found.groups]
    assert stands == [
        ("s3", Decimal(3), 0),
        ("new", 0, Decimal("2.5")),
        ("s1", Decimal(1), Decimal("1.5")),
        ("s2", Decimal(2), 0),
    ]
    new = found.groups[1]
    assert (new.as_of_ns, found.total) == (None, 4)
    assert (new.a_second, new.forecast) == (Decimal(0), Decimal(0))


def test_a_reservation_that_is_covered_holds_nothing(project) -> None:
    made = budget(project, each="session")
    ask(project, session="s1", trace=uuid(1), usd=Decimal(2), reserve=True)
    Reservation.objects.update(covered=2)
    (found,) = states(project, [made], NOON + MINUTE)
    assert (found.groups, found.total) == ([], 0)


def test_which_channels_budgets_tell(project, django_assert_num_queries) -> None:
    said = {"limit": "10", "window": TODAY}
    hook, mail = (channel_of(project, name) for name in ("hook", "another"))
    told = save_budget(project, "ada", {"name": "a", **said}, [mail, hook])
    silent = save_budget(project, "ada", {"name": "b", **said})
    with django_assert_num_queries(1):
        found = told_channels(project.pk, [told, silent])
    assert found == {told.pk: [hook.pk, mail.pk], silent.pk: []}
    assert told_channels(project.pk + 1, [told]) == {told.pk: []}


def test_a_budget_that_makes_no_sense_says_so(project) -> None:
    made = budget(project, each="colour")
    (found,) = states(project, [made], NOON)
    assert found.terms is None
    assert "colour" in found.trouble
    look(project)
    made.refresh_from_db()
    assert made.trouble == found.trouble
    assert ask(project)["decision"] == "allow"


def test_another_time_zone_is_another_window(project) -> None:
    budget(project)
    tell(project, call(1, 1, 0, "3", after=-11 * HOUR_NS))
    look(project)
    assert ask(project)["spent"] == "3"
    project.time_zone = "Asia/Kolkata"  # whose day began at 18:30 UTC
    project.save()
    tell(project, call(2, 1, 0, "1", after=-13 * HOUR_NS))
    look(project)
    assert ask(project)["spent"] == "4"
    assert TODAY["unit"] == "day"


def test_answers_the_newest_first_page_by_page(project) -> None:
    made = budget(project, "1")
    for usd in ("0.1", "2", "0.9"):
        ask(project, usd=Decimal(usd))
    page = answers(project.pk, AnswerFilters(), None, 2)
    assert [each.decision for each in page.items] == ["warn", "stop"]
    assert [each.decision for each in answers(project.pk, AnswerFilters(), page.next, 2).items] == [
        "allow"
    ]
    only = answers(project.pk, AnswerFilters(budget=made.pk, decision="stop"), None, 2)
    assert [each.asked for each in only.items] == [{"estimated_usd": "2"}]
    assert only.next is None
