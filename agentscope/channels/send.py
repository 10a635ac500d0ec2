"""Sending what is due: the one path that a test takes as well.

A delivery is claimed by one statement that commits, sent outside of any transaction, and then it is
written down what came of it. So a worker that is killed in between leaves it to the next one when
the claim has ended, and the receiver may get it twice, under the same id: at least once, never
silently not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from time import perf_counter
from typing import Any

from django.db import connection
from django.utils import timezone

from agentscope.channels.address import public_address
from agentscope.channels.hidden import without
from agentscope.channels.kinds import BY_CODE
from agentscope.channels.kinds.kind import Letter
from agentscope.channels.locked import CannotUnlock, unlock
from agentscope.channels.message import from_json, one_line
from agentscope.channels.models import Channel, Delivery
from agentscope.channels.outcome import MOST_ATTEMPTS, Came, Outcome, pause
from agentscope.projects.models import Project

log = logging.getLogger(__name__)

LEASE = 120  # seconds that an attempt may take, with all its time-outs
LONGEST_REASON = 200  # characters

# Channels take turns, and each has one delivery under way: so a slow receiver keeps no other one
# waiting, and gets its messages in order. The last condition is asked of the row again, as it is
# when it is locked: two workers that choose the same one do not both get it.
CLAIM = """
update delivery set state = 'sending', attempts = attempts + 1,
    next_at = statement_timestamp() + %(lease)s * interval '1 second'
where id = (
    select d.id from delivery d join channel c on c.id = d.channel_id
    where d.next_at <= statement_timestamp()
    and not exists (select 1 from delivery other
        where other.channel_id = d.channel_id and other.state = 'sending'
        and other.next_at > statement_timestamp())
    order by d.next_at, d.id limit 1 for no key update skip locked)
and next_at <= statement_timestamp()
returning id
"""


def send_due() -> int:
    """Send what is due until nothing is; how many attempts that were."""
    count = 0
    while (delivery := claim()) is not None:
        attempt(delivery)
        count += 1
    return count


def claim() -> Delivery | None:
    """A delivery that is due, for its caller alone until LEASE has passed."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"lease": LEASE})
        found = cursor.fetchone()
    if found is None:
        return None
    return Delivery.objects.select_related("channel").filter(pk=found[0]).first()


def attempt(delivery: Delivery) -> None:
    """Try once to send a delivery that was claimed, and write down what came of it."""
    began = perf_counter()
    outcome = outcome_of(delivery)
    note(delivery, outcome, round((perf_counter() - began) * 1000))


def outcome_of(delivery: Delivery) -> Outcome:
    """What came of an attempt. Never raises, so that one delivery does not keep others waiting."""
    channel = delivery.channel
    if not channel.enabled:
        return Outcome(Came.NEVER, "the channel is switched off")
    if delivery.attempts > MOST_ATTEMPTS:
        return Outcome(Came.NEVER, "every attempt was broken off by the end of its worker")
    try:
        secrets = unlock(channel.secret)
    except CannotUnlock as error:
        return Outcome(Came.NEVER, str(error))
    try:
        letter = letter_of(delivery, {**channel.settings, **secrets})
        return loggable(BY_CODE[channel.kind].send(letter), secrets)
    except Exception as error:  # noqa: BLE001 (of any kind)
        # Without the traceback, in which the secret might be.
        log.error("Cannot send delivery %s: %s", delivery.pk, type(error).__name__)
        return Outcome(Came.AGAIN, f"failed by a mistake of ours: {type(error).__name__}")


def letter_of(delivery: Delivery, settings: Mapping[str, str]) -> Letter:
    """A delivery, ready to be sent."""
    message = from_json(delivery.message)
    project = Project.objects.values_list("name", flat=True).get(pk=delivery.project_id)
    address = public_address(message.link)
    return Letter(delivery.uid, project, settings, message, address, delivery.created_at)


def loggable(outcome: Outcome, secrets: Mapping[str, str]) -> Outcome:
    """The same as the log keeps it: without secrets, should a receiver repeat one, and only then
    cut, for half a secret would not be found."""
    reason = one_line(without(outcome.reason, secrets.values()), LONGEST_REASON)
    return replace(outcome, reason=reason)


def note(delivery: Delivery, outcome: Outcome, ms: int) -> None:
    """Write down what came of an attempt, unless it is no longer ours: another worker has claimed
    it since, whose word is the last."""
    now, wait = timezone.now(), None
    state = Delivery.State.SENT if outcome.came == Came.SENT else Delivery.State.GIVEN_UP
    if outcome.came == Came.AGAIN and (wait := pause(delivery.attempts, outcome.after)) is not None:
        state = Delivery.State.FAILED
    entry: dict[str, Any] = {
        "at": now.isoformat(),
        "state": state,
        "status": outcome.status,
        "reason": outcome.reason,
        "ms": ms,
    }
    ours = Delivery.objects.filter(pk=delivery.pk, state="sending", attempts=delivery.attempts)
    written = ours.update(
        state=state,
        next_at=None if wait is None else now + timedelta(seconds=wait),
        sent_at=now if outcome.came == Came.SENT else None,
        log=[*delivery.log, entry],
    )
    if written:
        Channel.objects.filter(pk=delivery.channel_id).update(
            last_at=now, last_state=state, last_reason=outcome.reason
        )
