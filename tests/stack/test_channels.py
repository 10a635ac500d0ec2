"""A real worker sends: within two seconds, again after a failure, and again after a kill -9."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.kit.receivers import Answer, Receiver, receiver
from tests.kit.stack import Stack, embedded_stack, wait_until

pytestmark = [pytest.mark.stack, pytest.mark.slow]
PATIENCE = 900  # seconds
HELD = 30.0  # seconds that a receiver holds its answer back, longer than a worker waits for it
NOW_DUE = "update delivery set next_at = now() where id = %s"
HOW = "select state, attempts from delivery where id = %s"
SEND = """
from agentscope.channels.models import Channel
from agentscope.channels.write import create_channel, send_test
from agentscope.projects.write import create_project
project = create_project("told")
channel = Channel.objects.filter(project_id=project.pk).first() or create_channel(
    project.pk, "webhook", "ops", {{"url": "{url}", "secret": "correct horse battery"}}, "ada")
print("delivery", send_test(channel).pk)
"""


@pytest.fixture(scope="module")
def sending() -> Iterator[Stack]:
    """An embedded installation that may send to this machine."""
    with embedded_stack({"AGENTSCOPE_ALLOWED_NETWORKS": "127.0.0.0/8"}) as running:
        yield running


@pytest.fixture(scope="module")
def hook() -> Iterator[Receiver]:
    """A receiver on this machine."""
    with receiver() as found:
        yield found


def test_it_is_sent_and_after_a_failure_again(sending: Stack, hook: Receiver) -> None:
    hook.answers = [Answer(500), Answer()]
    pk = send(sending, hook)
    wait_until(lambda: how(sending, pk) == ("failed", 1), PATIENCE)
    make_due(sending, pk)
    wait_until(lambda: how(sending, pk) == ("sent", 2), PATIENCE)


def test_what_a_killed_worker_was_at_is_sent_again_under_its_id(
    sending: Stack, hook: Receiver
) -> None:
    before = len(hook.arrived)
    hook.answers = [Answer(pause=HELD), Answer()]
    pk = send(sending, hook)
    wait_until(lambda: len(hook.arrived) > before, PATIENCE)
    sending.kill("worker")
    assert how(sending, pk) == ("sending", 1)
    make_due(sending, pk)  # rather than when the claim ends, in two minutes
    wait_until(lambda: how(sending, pk) == ("sent", 2), PATIENCE)
    first, second = hook.arrived[before:]
    assert first.headers["x-agentscope-delivery"] == second.headers["x-agentscope-delivery"]
    assert first.body == second.body


def send(stack: Stack, hook: Receiver) -> int:
    """Send a test through the channel of a project; the delivery."""
    said = stack.manage("shell", "--command", SEND.format(url=hook.url))
    return int(said.rpartition("delivery ")[2])


def how(stack: Stack, pk: int) -> object:
    """State and attempts of a delivery."""
    with psycopg.connect(stack.dsn) as connection:
        return connection.execute(HOW, [pk]).fetchone()


def make_due(stack: Stack, pk: int) -> None:
    """Do not wait for the next attempt."""
    with psycopg.connect(stack.dsn) as connection:
        connection.execute(NOW_DUE, [pk])
