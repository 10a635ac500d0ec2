"""A webhook is signed as the documentation says, and the same on each attempt but for its time."""

import hmac
import re
import time
from hashlib import sha256
from pathlib import Path

import pytest

from agentscope.channels.kinds.kind import BadChannel
from agentscope.channels.kinds.webhook import check
from agentscope.channels.message import DATA
from agentscope.channels.send import send_due
from agentscope.channels.write import create_channel, deliver, send_again
from tests.kit.receivers import Answer

SECRET = "correct horse battery staple"
PAGE = Path(__file__).parents[4] / "docs/channels.md"


@pytest.fixture
def channel(project, hook):
    said = {"url": hook.url, "secret": SECRET}
    return create_channel(project.pk, "webhook", "ops", said, "ada")


def shown_receiver():
    """The function that the documentation gives to receivers."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    found = {}
    exec(code, found)  # noqa: S102 (it is our own page)
    return found["is_genuine"]


@pytest.mark.django_db
def test_what_arrives(channel, hook, message):
    (delivery,) = deliver(channel.project_id, [channel], message)
    assert send_due() == 1
    (arrived,) = hook.arrived
    delivery.refresh_from_db()
    assert arrived.json == {
        "version": 1,
        "delivery": str(delivery.uid),
        "project": "shop",
        "about": "alert-event:12",
        "severity": "alert",
        "title": "Runs cost $2.31 in an hour",
        "sentences": ["The limit is $2.00.", "Look at the dearest run."],
        "facts": [{"name": "Cost", "value": "$2.31"}, {"name": "Agent", "value": "a<b>&c"}],
        "url": "https://scope.example/p/shop/alerts/7",
        "created_at": delivery.created_at.isoformat(),
        **dict.fromkeys(DATA),  # it is of no budget
    }
    assert arrived.headers["content-type"] == "application/json"
    assert arrived.headers["x-agentscope-delivery"] == str(delivery.uid)
    assert (delivery.state, delivery.next_at, delivery.log[0]["status"]) == ("sent", None, 200)


@pytest.mark.django_db
def test_the_receiver_of_the_documentation_takes_it_and_nothing_else(channel, hook, message):
    is_genuine = shown_receiver()
    deliver(channel.project_id, [channel], message)
    send_due()
    (arrived,) = hook.arrived
    headers, body = arrived.headers, arrived.body
    timestamp = headers["x-agentscope-timestamp"]
    signed = f"{timestamp}.".encode() + body
    expected = hmac.new(SECRET.encode(), signed, sha256).hexdigest()
    assert headers["x-agentscope-signature"] == f"v1={expected}"
    now = time.time()
    assert is_genuine(headers, body, SECRET, now)
    assert not is_genuine(headers, body + b" ", SECRET, now)
    assert not is_genuine(headers, body, "another secret of some length", now)
    assert not is_genuine(headers, body, SECRET, now + 301)
    later = {**headers, "x-agentscope-timestamp": str(int(timestamp) + 1)}
    assert not is_genuine(later, body, SECRET, now)


@pytest.mark.django_db
def test_another_attempt_has_the_same_id_and_body(channel, hook, message):
    hook.answers = [Answer(500), Answer(200)]
    (delivery,) = deliver(channel.project_id, [channel], message)
    send_due()
    send_again(delivery)
    send_due()
    first, second = hook.arrived
    assert first.body == second.body
    assert first.headers["x-agentscope-delivery"] == second.headers["x-agentscope-delivery"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"url": "https://a.example/", "secret": "short"}, "secret"),
        ({"url": "https://a.example/"}, "secret"),
        ({"url": "ftp://a.example/", "secret": SECRET}, "url"),
        ({"url": "http://127.1/", "secret": SECRET}, "url"),
        ({"url": "http://169.254.169.254/", "secret": SECRET}, "url"),
        ({"secret": SECRET}, "url"),
    ],
)
def test_what_cannot_be_sent_to_is_refused_in_the_form(said, field):
    with pytest.raises(BadChannel) as caught:
        check(said)
    assert list(caught.value.errors) == [field]


def test_a_name_is_not_resolved_in_the_form():
    check({"url": "https://no-such-host.invalid/", "secret": SECRET})
