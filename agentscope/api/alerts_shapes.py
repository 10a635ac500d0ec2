"""How the answers about alerts look, for OpenAPI."""

from __future__ import annotations

from rest_framework import serializers

from agentscope.alerts.heard import HeldBack
from agentscope.alerts.machine import Notice, Silence, State
from agentscope.alerts.metrics import METRICS, Unit
from agentscope.alerts.models import DID, SEVERITIES
from agentscope.api.fields import Sent, Shape, count, nanoseconds, text
from agentscope.meter.scope import COLUMN

STATES, UNITS = tuple(each.value for each in State), tuple(each.value for each in Unit)
NUMBER = "decimal string in the unit of the metric; null: not known"


def in_unit(about: str) -> serializers.CharField:
    """A value of an alert."""
    return serializers.CharField(allow_null=True, help_text=f"{about}: {NUMBER}")


class NewAlertRuleShape(Shape):
    """What people want to hear of. What is not said of a rule that is there stays as it is."""

    name = serializers.CharField()
    enabled = serializers.BooleanField(required=False)
    severity = serializers.ChoiceField(SEVERITIES, required=False)
    metric = serializers.ChoiceField([metric.code for metric in METRICS])
    of = serializers.CharField(required=False, help_text="findings: a code, or a severity at least")
    only = serializers.DictField(required=False, help_text=f"by {', '.join(COLUMN)}")
    each = serializers.ChoiceField(list(COLUMN), required=False, allow_blank=True)
    filter = serializers.CharField(required=False, help_text="query string of the list of traces")
    window = serializers.DictField(
        help_text='{"kind": "rolling", "seconds": 3600}, {"kind": "calendar", "unit": "day"} or '
        '{"kind": "whole"}'
    )
    condition = serializers.DictField(
        help_text='{"kind": "at_least", "threshold": "2.50"}, {"kind": "times_usual", "times": "3",'
        ' "floor": "1", "fallback": "5"}, {"kind": "burn_rate", "limit": "100", "times": "2"} or '
        '{"kind": "gone_within", "limit": "100", "seconds": 2400}'
    )
    hold = serializers.IntegerField(required=False, help_text="seconds over before it fires")
    remind = serializers.IntegerField(required=False, allow_null=True, help_text="again after s")
    silence = serializers.ChoiceField(list(Silence), required=False)
    channels = serializers.ListField(child=serializers.IntegerField(), required=False)


class AlertRuleShape(Sent, NewAlertRuleShape):
    id = serializers.IntegerField()
    budget = serializers.IntegerField(allow_null=True, help_text="that keeps it; null: people do")
    trouble = text("why it could not be looked at")
    unseen = text("what of its window is not kept in this project; empty: all is")
    looked_at = serializers.DateTimeField(allow_null=True)
    created_by = text()
    changed_at = serializers.DateTimeField()


class StandingAlertRuleShape(AlertRuleShape):
    firing = count("alerts that fire")
    open = count("alerts that fire, are pending or have no data")
    fired_at_ns = nanoseconds("when it fired last", null=True)


class AlertRulesShape(Shape):
    rules = StandingAlertRuleShape(many=True)
    total = count()


class AlertShape(Shape):
    id = serializers.IntegerField()
    rule = serializers.IntegerField()
    rule_name = text()
    group = text("the session, agent, … that it is of; empty: all")
    subject = text("the same in words")
    state = serializers.ChoiceField(STATES)
    since_ns = nanoseconds("it is in this state")
    value = in_unit("seen last")
    threshold = in_unit("what that was compared with")
    unit = serializers.ChoiceField(UNITS, allow_null=True)
    looked_at = serializers.DateTimeField()
    acknowledged_by = text()
    note = text("of whoever acknowledged it")
    snoozed_until = serializers.DateTimeField(allow_null=True)
    is_muted = serializers.BooleanField()
    is_flapping = serializers.BooleanField()


class AlertsShape(Shape):
    alerts = AlertShape(many=True)
    total = count()
    offset = count()
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="by state")


class AlertEventShape(Shape):
    id = serializers.IntegerField()
    alert = serializers.IntegerField()
    rule = serializers.IntegerField()
    group = text()
    at_ns = nanoseconds("when")
    state = serializers.ChoiceField(STATES, help_text="from then on")
    notice = serializers.ChoiceField(list(Notice), allow_blank=True)
    held_back = serializers.ChoiceField(list(HeldBack), allow_blank=True)
    value = in_unit("what was seen")
    threshold = in_unit("what that was compared with")
    unpriced_calls = count("calls whose cost is not known, which are not in the value")
    window_begin_ns = nanoseconds("what was looked at", null=True)
    window_end_ns = nanoseconds("likewise", null=True)
    did = serializers.ChoiceField(DID, allow_blank=True)
    who = text()
    note = text()


class AlertHistoryShape(Shape):
    events = AlertEventShape(many=True)
    next = serializers.CharField(allow_null=True, help_text="`cursor` of the next page; null: last")


class AlertTraceShape(Shape):
    trace_id = serializers.CharField()
    name = text()
    value = in_unit("its part")


class AlertEvidenceShape(AlertEventShape):
    traces = AlertTraceShape(many=True)
    more_traces = count("beside those listed")
    looked_since_ns = nanoseconds("of a long window, its last day", null=True)


class AcknowledgeShape(Shape):
    note = serializers.CharField(required=False)


class SnoozeShape(AcknowledgeShape):
    until = serializers.DateTimeField()


class NewAlertMuteShape(Shape):
    rule = serializers.IntegerField(required=False, allow_null=True, help_text="null: all")
    begins_at = serializers.DateTimeField(required=False, help_text="else now")
    ends_at = serializers.DateTimeField()
    reason = serializers.CharField(required=False)


class AlertMuteShape(Sent, NewAlertMuteShape):
    id = serializers.IntegerField()
    created_by = text()


class AlertMutesShape(Shape):
    mutes = AlertMuteShape(many=True)
    total = count()


class RulePreviewPointShape(Shape):
    at_ns = nanoseconds("end of its hour or day")
    value = in_unit("highest")
    threshold = in_unit("compared with")


class RulePreviewGroupShape(Shape):
    group = text()
    times = count()


class RulePreviewShape(Shape):
    unit = serializers.ChoiceField(UNITS)
    begin_ns = nanoseconds("from when on")
    end_ns = nanoseconds("until")
    fired = count("times that it would have fired")
    groups = RulePreviewGroupShape(many=True)
    more_groups = count("that would have fired, beside those listed")
    group = text("that the points are of")
    points = RulePreviewPointShape(many=True)
    left_out = serializers.ListField(child=serializers.CharField())
