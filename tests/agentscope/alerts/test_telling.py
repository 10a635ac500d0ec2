"""What is delivered of alerts, what is held back and told later, and what floods come to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from agentscope.alerts.evaluate import evaluate
from agentscope.alerts.machine import Notice
from agentscope.alerts.models import Alert, AlertEvent, Mute, Rule
from agentscope.alerts.telling import (
    MOST_AT_ONCE,
    Happened,
    address,
    finding_of,
    message_of_all,
    severity_of,
    worst_of,
)
from agentscope.channels.models import Channel, Delivery
from agentscope.findings.models import Finding
from agentscope.findings.severity import Severity
from agentscope.projects.models import Project
from agentscope.traces.models import Trace
from tests.agentscope.alerts.test_evaluate import (
    MINUTE,
    ROLLING,
    SECOND,
    WHOLE,
    at_least,
    look,
    project,
    rule,
    tell,
)
from tests.agentscope.alerts.test_looks import raised
from tests.kit.costs import HOUR_NS, NOON_TIME, agent, call, uuid
from tests.kit.spans import NOON

__all__ = ["project"]
pytestmark = pytest.mark.django_db


def told_rule(project: Project, **said: Any) -> Rule:
    found = rule(project, **said)
    channel = Channel.objects.create(project_id=project.pk, name="pager", kind="webhook")
    found.channels.add(channel)
    return found


def messages() -> list[dict[str, Any]]:
    return [each.message for each in Delivery.objects.order_by("pk")]


def again(project: Project, after: int) -> list[tuple[str, str]]:
    """Notice and why it was held back, of a look by time alone."""
    Rule.objects.update(looked_at="2026-01-01T00:00Z")
    events = evaluate(project.pk, NOON + after)
    return [(each.notice, each.held_back) for each in events]


def at(after: int) -> datetime:
    return NOON_TIME + timedelta(microseconds=after // 1000)


def test_a_message_has_sentences_facts_and_a_link(project: Project) -> None:
    told_rule(project, each="session", window=WHOLE)
    tell(project, call(1, 1, 0, "2.5", session="s1"), call(1, 2, 0, session="s1", model="mine"))
    look(project)
    (message,) = messages()
    alert, event = Alert.objects.get(), AlertEvent.objects.get()
    assert message["title"] == "“dear” fires: Session s1: at least $2.50"
    assert message["sentences"] == [
        "Session s1 cost at least $2.50 in all its runs; the rule “dear” fires at $2.00.",
        f"The run with most of it is work ({uuid(1).hex}): $2.50.",
        "1 call of it has no known price, and count as nothing.",
        "Look at the runs behind it, the dearest first, and stop what need not go on.",
    ]
    assert message["link"] == f"/p/shop/alerts/{alert.pk}/?event={event.pk}"
    assert message["severity"] == "alert"
    assert message["about"] == f"alert-event:{event.pk}"


def test_a_forecast_tells_when_the_budget_is_gone(project: Project) -> None:
    soon = {"kind": "gone_within", "limit": "5", "seconds": 3600}
    told_rule(project, window={"kind": "calendar", "unit": "day"}, condition=soon)
    tell(project, call(1, 1, 0, "3"))
    look(project)
    (message,) = messages()
    assert message["title"] == "“dear” fires: The project: $15.00 within an hour"
    assert message["sentences"][1] == (
        "So far it cost $3.00 today (since 2026-11-25 00:00 +0000): "
        "at this rate $5.00 is gone in 10 min."
    )


def test_what_was_found_is_told_by_the_worst_of_it(project: Project) -> None:
    told_rule(project, metric="findings", each="session", condition=at_least("2"))
    runs = {1: "s1", 2: "s1", 3: "s2"}
    tell(project, *(agent(trace, trace, "scout", session=runs[trace]) for trace in runs))
    for trace, session in runs.items():
        raised(project, trace, "scout", session=session)
        Finding.objects.filter(trace_id=uuid(trace)).update(sentence=f"Run {trace} went wrong.")
    Finding.objects.filter(trace_id=uuid(1)).update(severity=Severity.WARNING)
    look(project)
    (message,) = messages()
    assert message["sentences"][:2] == [
        "Session s1 had 2 findings in the last hour; the rule “dear” fires at 2 findings.",
        "The worst of them: Run 2 went wrong.",
    ]
    Finding.objects.all().update(withdrawn_at=timezone.now())
    again(project, 2 * MINUTE)
    assert "Run" not in str(messages()[-1]["sentences"])  # it is over: there is none


def test_a_run_is_named_with_its_id(project: Project) -> None:
    told_rule(project, each="trace", window=WHOLE, condition=at_least("2"))
    tell(project, call(1, 1, 0, "3", name="refund"), call(2, 2, 0, "2", name=""))
    Trace.objects.filter(trace_id=uuid(2)).update(name="")
    look(project)
    named, nameless = messages()
    assert named["title"] == f"“dear” fires: Run refund ({uuid(1).hex}): $3.00"
    assert named["sentences"][0].startswith(f"Run refund ({uuid(1).hex}) cost $3.00 in its whole")
    assert ["Of", f"Run refund ({uuid(1).hex})"] in named["facts"]
    assert nameless["title"] == f"“dear” fires: Run {uuid(2).hex}: $2.00"
    Trace.objects.filter(trace_id=uuid(1)).update(name="re " * 100)
    again(project, 49 * HOUR_NS)
    over = messages()[-2]["title"]
    assert over.startswith("“dear” is over: Run re re re")
    assert over.endswith(f"… ({uuid(1).hex}): $3.00")


def test_runs_of_a_flood_are_named(project: Project) -> None:
    told_rule(project, each="trace", window=WHOLE)
    number = MOST_AT_ONCE + 1
    tell(project, *(call(at, 1, 0, str(2 + at), name=f"r{at}") for at in range(1, number + 1)))
    look(project)
    assert messages()[-1]["sentences"][0].endswith(f"at the same time: r1 ({uuid(1).hex}).")


def test_one_event_is_delivered_to_each_channel_once(project: Project) -> None:
    found = told_rule(project)
    found.channels.add(Channel.objects.create(project_id=project.pk, name="b", kind="slack"))
    tell(project, call(1, 1, 0, "2"))
    look(project)
    look(project, 2 * MINUTE)
    assert sorted(each.channel.name for each in Delivery.objects.all()) == ["b", "pager"]


def test_rules_without_channels_fire_on_the_page_alone(project: Project) -> None:
    rule(project)
    tell(project, call(1, 1, 0, "2"))
    assert look(project) == [("", "firing", "fired")]
    assert messages() == []


def test_a_snoozed_alert_is_told_when_it_wakes_and_still_fires(project: Project) -> None:
    told_rule(project, each="session", window=WHOLE)
    tell(project, call(1, 2, 1, "3", session="s1"))
    look(project)
    assert len(messages()) == 1
    Alert.objects.update(snoozed_until=at(10 * MINUTE))
    tell(project, agent(1, 1, "planner", session="s2"))
    assert [each[2] for each in look(project, 2 * MINUTE)] == ["corrected", "fired"]
    assert len(messages()) == 2  # s2 fires; that s1 is taken back is held back
    assert again(project, 5 * MINUTE) == []
    assert again(project, 11 * MINUTE) == [("corrected", "")]
    assert messages()[-1]["sentences"][0] == "This was held back until now."


def test_muted_rules_are_looked_at_and_told_of_when_the_mute_ends(project: Project) -> None:
    told_rule(project)
    Mute.objects.create(project_id=project.pk, begins_at=at(0), ends_at=at(5 * MINUTE))
    tell(project, call(1, 1, 0, "2"))
    look(project)
    event = AlertEvent.objects.get()
    assert (event.notice, event.held_back, messages()) == ("fired", "muted", [])
    assert again(project, 6 * MINUTE) == [("fired", "")]
    assert len(messages()) == 1
    assert again(project, 7 * MINUTE) == []


def test_a_mute_of_another_rule_or_project_holds_nothing_back(project: Project) -> None:
    told_rule(project)
    other = rule(project, name="other", condition=at_least("99"))
    for of in ({"project_id": project.pk, "rule": other}, {"project_id": 99}):
        Mute.objects.create(begins_at=at(0), ends_at=at(5 * MINUTE), **of)
    tell(project, call(1, 1, 0, "2"))
    look(project)
    assert len(messages()) == 1


def test_nobody_is_reminded_of_what_somebody_looks_at(project: Project) -> None:
    told_rule(project, remind=60)
    tell(project, call(1, 1, 0, "2"))
    look(project)
    assert again(project, 3 * MINUTE) == [("reminded", "")]
    Alert.objects.update(acknowledged_by="ada", acknowledged_at=timezone.now())
    assert again(project, 5 * MINUTE) == [("reminded", "acknowledged")]
    assert len(messages()) == 2


def test_the_end_of_what_somebody_looks_at_is_told(project: Project) -> None:
    told_rule(project)
    tell(project, call(1, 1, 0, "2"))
    look(project)
    Alert.objects.update(acknowledged_by="ada", acknowledged_at=timezone.now(), note="mine")
    assert again(project, 120 * MINUTE) == [("resolved", "")]
    assert len(messages()) == 2
    assert Alert.objects.filter(acknowledged_by="", note="", acknowledged_at=None).exists()


def test_flapping_is_told_once_and_then_when_it_stays(project: Project) -> None:
    told_rule(project, window={"kind": "rolling", "seconds": 60})
    told = []
    for turn in range(1, 4):
        tell(project, call(1, turn, 0, "3", after=4 * turn * MINUTE))
        told += again(project, (4 * turn + 1) * MINUTE) + again(project, (4 * turn + 3) * MINUTE)
    assert told == [
        ("fired", ""),
        ("resolved", ""),
        ("fired", ""),
        ("resolved", ""),
        ("fired", "flapping"),
        ("resolved", "unheard"),
    ]
    assert "It changed 4 times within an hour" in " ".join(messages()[-1]["sentences"])
    Rule.objects.update(window=ROLLING)  # and now it stays over
    tell(project, call(1, 4, 0, "3", after=16 * MINUTE))
    assert again(project, 17 * MINUTE) == [("fired", "flapping")]
    Rule.objects.update(window={"kind": "rolling", "seconds": 7200})
    assert again(project, 60 * MINUTE) == []
    assert again(project, 80 * MINUTE) == [("fired", "")]
    assert len(messages()) == 5


def test_a_flood_is_ten_messages_and_one(project: Project) -> None:
    told_rule(project, each="session", window=WHOLE)
    number = MOST_AT_ONCE + 3
    tell(project, *(call(at, 1, 0, str(2 + at), session=f"s{at}") for at in range(1, number + 1)))
    assert len(look(project)) == number
    told = messages()
    assert len(told) == MOST_AT_ONCE + 1
    assert told[0]["title"] == f"“dear” fires: Session s{number}: ${number + 2}.00"
    assert told[-1]["sentences"][0] == (
        "3 more alerts of the rule “dear” changed at the same time: s3, s2, s1."
    )
    held = AlertEvent.objects.filter(held_back="together")
    assert sorted(each.alert.group for each in held) == ["s1", "s2", "s3"]
    tell(project, call(1, 2, 0, "1", session="s1", after=SECOND))
    assert look(project, 2 * MINUTE) == []  # they are not told once more


def test_how_bad_it_is_is_said(project: Project) -> None:
    told_rule(project, each="session", window=WHOLE, severity="warning")
    tell(project, call(1, 2, 1, "3", session="s1"))
    look(project)
    tell(project, agent(1, 1, "planner", session="s2"))
    look(project, 2 * MINUTE)
    assert sorted(each["severity"] for each in messages()) == ["info", "warning", "warning"]


def test_what_is_told_together_is_counted_and_as_bad_as_the_worst_of_it(project: Project) -> None:
    of = rule(project)

    def all_of(*notices: str) -> tuple[str, str, str, str]:
        found = []
        for at, notice in enumerate(notices, 1):
            event = AlertEvent(pk=at, alert=Alert(group=f"g{at}"), notice=notice)
            found.append(Happened(event, None, 0))  # type: ignore[arg-type]
        message = message_of_all(project, of, found)
        return message.title, message.sentences[0], message.severity, message.about

    one = all_of("resolved")
    assert one[0] == "“dear”: 1 more alert"
    assert one[2:] == ("info", "alert-events:1-1")
    ten = all_of(*["resolved"] * 9, "fired")
    assert ten[1].endswith(" changed at the same time: g1, g2, g3, g4, g5, g6, g7, g8, g9, g10.")
    assert ten[2:] == ("alert", "alert-events:1-10")
    many = all_of(*["no_data"] * 12)
    assert many[1].endswith(" g9, g10 and 2 more.")
    assert many[2:] == ("warning", "alert-events:1-12")


@pytest.mark.parametrize(
    ("of_rule", "notice", "severity"),
    [
        ("alert", Notice.FIRED, "alert"),
        ("alert", Notice.REMINDED, "alert"),
        ("warning", Notice.FIRED, "warning"),
        ("info", Notice.FIRED, "info"),
        ("info", Notice.NO_DATA, "info"),
        ("alert", Notice.NO_DATA, "warning"),
        ("alert", Notice.RESOLVED, "info"),
        ("alert", Notice.CORRECTED, "info"),
    ],
)
def test_how_bad_it_is_goes_by_the_rule_and_by_what_happened(
    of_rule: str, notice: Notice, severity: str
) -> None:
    assert severity_of(Rule(severity=of_rule), notice) == severity


def test_a_reminder_names_the_run_with_most_of_it_too(project: Project) -> None:
    told_rule(project, remind=60)
    tell(project, call(1, 1, 0, "2"))
    look(project)
    again(project, 3 * MINUTE)
    assert "The run with most of it is work" in " ".join(messages()[-1]["sentences"])


@pytest.mark.parametrize("notice", ["resolved", "corrected", "no_data"])
def test_of_what_is_over_neither_a_run_nor_a_finding_is_looked_for(notice: str) -> None:
    nothing: Any = None
    over = Happened(AlertEvent(notice=notice), nothing, 0)
    assert (worst_of(nothing, over), finding_of(nothing, over)) == (None, "")


def test_the_name_of_a_project_is_one_part_of_a_link() -> None:
    assert address(Project(name="a/b c")) == "/p/a%2Fb%20c/alerts/"
