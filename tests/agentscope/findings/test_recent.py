"""What causes came to over the last days, and at which rate."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from agentscope.findings.models import Finding
from agentscope.findings.read import Recent, recent
from agentscope.projects.write import create_project
from tests.kit.costs import NOON_TIME
from tests.kit.loops import loop, tell_loop

LONG, SHORT = 600, 1  # seconds between repeats
SINCE = NOON_TIME - timedelta(days=1)


@pytest.fixture
def found(db):
    """One cause in a trace in which it goes on for long, and in one in which it does not."""
    project = create_project("shop")
    tell_loop(project.pk, *loop(1, 6, gap=LONG, usd="1"), *loop(2, 6, gap=SHORT, usd="1"))
    Finding.objects.exclude(code="exact_repeat").delete()
    return project.pk, Finding.objects.values_list("fingerprint", flat=True).distinct().get()


def test_only_what_lasted_tells_the_rate(found):
    project, cause = found
    told = recent(project, [cause], SINCE)[cause]
    assert told.times == {NOON_TIME.date(): 2}
    long = Finding.objects.order_by("-last_ns").first()
    assert long is not None
    assert (told.known_cost, told.lasted_ns) == (long.known_cost, long.spent_ns)
    assert told.burn_per_hour == pytest.approx(Decimal(4) * 3600 / 2401), "since the first repeat"


def test_what_was_withdrawn_is_older_or_of_others_does_not_count(found):
    project, cause = found
    other = create_project("other")
    assert recent(other.pk, [cause], SINCE) == {}
    assert recent(project, [cause], NOON_TIME + timedelta(days=1)) == {}
    Finding.objects.update(withdrawn_at=timezone.now())
    assert recent(project, [cause], SINCE) == {}


def test_nothing_that_lasted_has_no_rate():
    assert Recent({NOON_TIME.date(): 1}).burn_per_hour is None
