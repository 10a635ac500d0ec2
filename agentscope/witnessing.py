"""What is told to the ledger, and told of it to others: ticks that know both the ledger and what
sends or is told of."""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping
from time import monotonic

import httpcore2
from celery import shared_task
from django.db import connection

from agentscope.budgets.witness import tell_answers
from agentscope.channels.allowed import allowed_networks
from agentscope.channels.guard import Forbidden
from agentscope.channels.kinds import webhook
from agentscope.channels.message import one_line
from agentscope.channels.post import BadTarget, post, target
from agentscope.channels.tasks import Senders
from agentscope.ledger.anchoring import anchor_due
from agentscope.ledger.anchors.anchor import NotAnchored
from agentscope.records.witness import tell_records

log = logging.getLogger(__name__)

SHIFT = 1.0  # second, then the task gives way to others; the next tick goes on
LONGEST_ANSWER = 200  # characters of what a place says that did not take it


class GuardedSender:
    """What channels post by: addresses are judged, redirects are not followed."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """What was answered. Raises NotAnchored if it was not taken."""
        said = {"User-Agent": "AgentScope", **headers}
        try:
            answer = post(target(url), body, said, allowed_networks())
        except (BadTarget, Forbidden) as error:
            raise NotAnchored(str(error)) from error
        except httpcore2.TimeoutException:
            raise NotAnchored("did not answer within 10 seconds") from None
        except socket.gaierror:
            raise NotAnchored("its host is not known") from None
        except (OSError, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise NotAnchored(f"cannot be reached: {error}") from error
        if not 200 <= answer.status < 300:  # noqa: PLR2004 (classes of RFC 9110)
            told = one_line(answer.body.decode(errors="replace"), LONGEST_ANSWER)
            raise NotAnchored(f"answered {answer.status}: {told}")
        return answer.body

    def signed(self, secret: str, body: bytes) -> dict[str, str]:
        """As channels sign."""
        return webhook.signed(secret, body)


@shared_task(name="ledger.answers")
def tell_of_answers() -> None:
    """Tell of what was answered, until all is told or the shift is over."""
    end = monotonic() + SHIFT
    while monotonic() < end and tell_answers():
        pass


@shared_task(name="ledger.records")
def tell_of_records() -> None:
    """Tell of decision records, until all is told or the shift is over."""
    end = monotonic() + SHIFT
    while monotonic() < end and tell_records():
        pass


def anchor_all() -> None:
    """Put checkpoints where they are due, over a connection to the database of its own."""
    try:
        anchor_due(GuardedSender())
    except Exception:
        log.exception("Anchoring was interrupted, the next tick goes on")
    finally:
        connection.close()


ANCHORING = Senders(anchor_all, most=1)


@shared_task(name="ledger.anchor")
def anchor() -> None:
    """Put checkpoints where they are due, in a thread: whoever sends waits for the network."""
    ANCHORING.one_more()
