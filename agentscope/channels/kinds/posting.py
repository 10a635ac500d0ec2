"""What kinds that post over HTTP have in common."""

from __future__ import annotations

import socket
from collections.abc import Mapping

import httpcore2
from django.utils import timezone

from agentscope.channels.allowed import allowed_networks
from agentscope.channels.guard import Forbidden, judged
from agentscope.channels.kinds.kind import BadChannel
from agentscope.channels.outcome import Came, Outcome, of_status, retry_after
from agentscope.channels.post import Answer, BadTarget, post, target


def check_address(field: str, url: str) -> None:
    """Raises BadChannel if nothing can be posted to an address. Asks no name server: that is done
    when it is sent to, each time."""
    try:
        where = target(url)
        if is_numeric(where.host):
            judged(where.host, where.port, allowed_networks())
    except (BadTarget, Forbidden) as error:
        raise BadChannel(**{field: str(error)}) from error


def is_numeric(host: str) -> bool:
    """Whether a host is an address in any spelling, as 127.1 or 0x7f000001."""
    try:
        socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return False
    return True


def posted(url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Post JSON to an address that people named, and judge what came of it."""
    said = {"Content-Type": "application/json", "User-Agent": "AgentScope", **headers}
    try:
        return judge(post(target(url), body, said, allowed_networks()))
    except (BadTarget, Forbidden) as error:
        return Outcome(Came.NEVER, str(error))
    except httpcore2.TimeoutException:
        return Outcome(Came.AGAIN, "did not answer within 10 seconds")
    except socket.gaierror:
        return Outcome(Came.AGAIN, "its host is not known")
    except (OSError, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        return Outcome(Came.AGAIN, f"cannot be reached: {error}")


def judge(answer: Answer) -> Outcome:
    """What an answer means for the delivery."""
    said = " ".join(answer.body.decode(errors="replace").split())
    after = retry_after(answer.headers.get("retry-after", ""), timezone.now())
    return of_status(answer.status, after, "".join(each for each in said if each.isprintable()))
