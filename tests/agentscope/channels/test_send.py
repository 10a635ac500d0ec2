"""The one path of all messages: made once, claimed by one, tried again, and never lost."""

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

import httpcore2
import pytest
from django.db import connection, transaction
from django.utils import timezone

from agentscope.channels import post
from agentscope.channels import send as sending
from agentscope.channels.kinds import webhook
from agentscope.channels.models import Channel, Delivery
from agentscope.channels.outcome import MOST_ATTEMPTS, PAUSES, Came, Outcome
from agentscope.channels.send import LEASE, LONGEST_REASON, attempt, claim, loggable, send_due
from agentscope.channels.write import create_channel, deliver, send_again, send_test
from tests.kit.receivers import PATIENCE, Answer

SECRET = "correct horse battery staple"
has_tables = pytest.mark.django_db
commits = pytest.mark.django_db(transaction=True)


@pytest.fixture
def channel(project, hook):
    return webhook_of(project, hook, "ops")


def webhook_of(project, hook, name):
    said = {"url": hook.url, "secret": SECRET}
    return create_channel(project.pk, "webhook", name, said, "ada")


def told(channel, message):
    (delivery,) = deliver(channel.project_id, [channel], message)
    return delivery


def make_due(delivery):
    Delivery.objects.filter(pk=delivery.pk).update(next_at=timezone.now())


@contextmanager
def due_again(delivery, least, most):
    """What is done meanwhile leaves a delivery due so many seconds after it."""
    before = timezone.now()
    yield
    delivery.refresh_from_db()
    assert before + timedelta(seconds=least) <= delivery.next_at
    assert delivery.next_at <= timezone.now() + timedelta(seconds=most)


@has_tables
def test_a_failure_is_tried_again_and_then_arrives(channel, hook, message):
    hook.answers = [Answer(500, parts=(b"no room",)), Answer(200)]
    delivery = told(channel, message)
    with due_again(delivery, 8, 12):
        assert send_due() == 1
    assert send_due() == 0
    make_due(delivery)
    assert send_due() == 1
    delivery.refresh_from_db()
    assert [(each["state"], each["status"], each["reason"]) for each in delivery.log] == [
        ("failed", 500, "answered 500: no room"),
        ("sent", 200, "answered 200"),
    ]
    assert all(each["ms"] >= 0 and each["at"] for each in delivery.log)
    assert (delivery.state, delivery.attempts, delivery.next_at) == ("sent", 2, None)
    assert delivery.sent_at
    channel.refresh_from_db()
    assert (channel.last_state, channel.last_reason) == ("sent", "answered 200")


@has_tables
def test_it_is_given_up_after_the_last_attempt(channel, hook, message):
    hook.answers = [Answer(503)]
    delivery = told(channel, message)
    for pause in PAUSES:
        with due_again(delivery, 0.8 * pause, 1.2 * pause + 0.001):
            send_due()
        make_due(delivery)
    send_due()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.next_at, len(hook.arrived)) == ("given_up", None, 7)
    assert send_due() == 0


@has_tables
def test_a_receiver_may_ask_for_time(channel, hook, message):
    hook.answers = [Answer(429, {"Retry-After": "300"})]
    delivery = told(channel, message)
    with due_again(delivery, 300, 300):
        send_due()


@has_tables
@pytest.mark.parametrize("status", [400, 404, 410, 302, 307])
def test_what_would_not_change_is_given_up_at_once(channel, hook, message, status):
    hook.answers = [Answer(status, {"Location": "/elsewhere"})]
    delivery = told(channel, message)
    send_due()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.next_at, len(hook.arrived)) == ("given_up", None, 1)
    assert str(status) in delivery.log[0]["reason"]


@has_tables
def test_a_time_out_is_tried_again(channel, hook, message, monkeypatch):
    monkeypatch.setattr(post, "LIMIT", 0.2)
    hook.answers = [Answer(pause=1.0)]
    delivery = told(channel, message)
    send_due()
    delivery.refresh_from_db()
    assert delivery.state == "failed"
    assert delivery.log[0]["reason"] == "did not answer within 10 seconds"


@has_tables
def test_what_the_guard_forbids_is_given_up_and_says_why(channel, hook, message, settings):
    settings.AGENTSCOPE_EMBEDDED = False
    delivery = told(channel, message)
    send_due()
    delivery.refresh_from_db()
    assert (delivery.state, hook.arrived) == ("given_up", [])
    assert delivery.log[0]["reason"].startswith("127.0.0.1, which is this machine: ")


@has_tables
def test_a_host_that_is_not_known_is_tried_again(project, here, message, monkeypatch):
    said = {"url": "https://no-such-host.invalid/", "secret": SECRET}
    delivery = told(create_channel(project.pk, "webhook", "ops", said, "ada"), message)
    send_due()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.log[0]["reason"]) == ("failed", "its host is not known")


@has_tables
def test_what_is_no_http_is_tried_again(channel, message, monkeypatch):
    def post(*_):
        raise httpcore2.RemoteProtocolError("illegal status line")

    monkeypatch.setattr("agentscope.channels.kinds.posting.post", post)
    delivery = told(channel, message)
    send_due()
    delivery.refresh_from_db()
    assert delivery.log[0]["reason"] == "cannot be reached: illegal status line"


@has_tables
def test_a_worker_that_is_killed_leaves_it_to_the_next_under_the_same_id(channel, hook, message):
    delivery = told(channel, message)
    with due_again(delivery, LEASE, LEASE):
        killed = claim()
    webhook.send(letter(killed))  # arrives, and then the worker is gone
    assert claim() is None
    make_due(delivery)
    assert send_due() == 1
    first, second = hook.arrived
    assert first.json == second.json
    assert first.headers["x-agentscope-delivery"] == second.headers["x-agentscope-delivery"]


@has_tables
def test_what_a_slow_worker_says_is_not_taken_once_another_one_is_at_it(channel, hook, message):
    delivery = told(channel, message)
    slow = claim()
    make_due(delivery)
    assert claim().pk == delivery.pk
    attempt(slow)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.log) == ("sending", 2, [])
    channel.refresh_from_db()
    assert channel.last_state == ""


@has_tables
def test_what_was_ended_while_it_was_sent_stays_ended(channel, hook, message):
    delivery = told(channel, message)
    slow = claim()
    Delivery.objects.update(state="given_up", next_at=None)
    attempt(slow)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.log) == ("given_up", [])


@has_tables
def test_what_waits_to_be_tried_again_keeps_no_other_waiting(channel, hook, message):
    hook.answers = [Answer(500), Answer(200)]
    waits = told(channel, message)
    send_due()
    waits.refresh_from_db()
    assert (waits.state, waits.sent_at) == ("failed", None)
    other = send_test(channel)
    assert claim().pk == other.pk
    assert claim() is None


@has_tables
def test_what_is_due_longest_goes_first_and_of_those_the_oldest(channel, message):
    first, second, third = (send_test(channel) for _ in range(3))
    due = timezone.now() - timedelta(seconds=5)
    for delivery, earlier in ((third, 3), (second, 2), (first, 2)):
        next_at = due - timedelta(seconds=earlier)
        Delivery.objects.filter(pk=delivery.pk).update(next_at=next_at)
    Delivery.objects.filter(pk=first.pk).update(message=first.message)  # stored last now
    claimed = []
    for _ in range(3):
        claimed.append(claim().pk)
        Delivery.objects.filter(pk=claimed[-1]).update(state="sent", next_at=None)
    assert claimed == [third.pk, first.pk, second.pk]


@has_tables
def test_an_attempt_is_logged_with_the_time_it_took(channel, hook, message, monkeypatch):
    delivery, times = told(channel, message), iter((1.0, 1.25))
    monkeypatch.setattr(sending, "perf_counter", lambda: next(times))
    send_due()
    delivery.refresh_from_db()
    assert [each["ms"] for each in delivery.log] == [250]


def test_a_claim_lasts_longer_than_all_that_an_attempt_may_wait_for():
    assert 6 * post.LIMIT <= LEASE


def test_no_part_of_a_secret_is_logged_where_a_reason_is_cut():
    repeated = Outcome(Came.AGAIN, "x" * (LONGEST_REASON - 40) + SECRET + "y" * 60)
    reason = loggable(repeated, {"secret": SECRET}).reason
    assert len(reason) <= LONGEST_REASON
    assert "corr" not in reason


def test_a_reason_is_logged_up_to_its_two_hundredth_character():
    whole, cut = (loggable(Outcome(Came.NEVER, "x" * long), {}).reason for long in (200, 300))
    assert whole == "x" * 200
    assert len(cut) == 200


def letter(delivery):
    from agentscope.channels.locked import unlock
    from agentscope.channels.send import letter_of

    channel = delivery.channel
    return letter_of(delivery, {**channel.settings, **unlock(channel.secret)})


@has_tables
def test_one_that_kills_its_workers_is_given_up(channel, hook, message):
    delivery = told(channel, message)
    Delivery.objects.update(attempts=MOST_ATTEMPTS, state="sending")
    send_due()
    delivery.refresh_from_db()
    assert (delivery.state, hook.arrived) == ("given_up", [])
    assert "broken off" in delivery.log[0]["reason"]


@has_tables
def test_a_channel_has_one_delivery_under_way_and_others_go_on(project, hook, channel, message):
    first, second = send_test(channel), send_test(channel)
    elsewhere = send_test(webhook_of(project, hook, "other"))
    assert [claim().pk, claim().pk, claim()] == [first.pk, elsewhere.pk, None]
    attempt(Delivery.objects.select_related("channel").get(pk=first.pk))
    assert claim().pk == second.pk


@has_tables
def test_a_channel_that_is_off_says_so(channel, hook, message):
    Channel.objects.update(enabled=False)
    delivery = told(channel, message)
    send_due()
    delivery.refresh_from_db()
    assert (delivery.state, hook.arrived) == ("given_up", [])
    assert delivery.log[0]["reason"] == "the channel is switched off"


@has_tables
def test_a_secret_that_no_key_opens_is_said(channel, hook, message, settings):
    settings.SECRET_KEY = "another"
    delivery = told(channel, message)
    send_due()
    delivery.refresh_from_db()
    channel.refresh_from_db()
    assert delivery.state == "given_up"
    assert "enter it again" in delivery.log[0]["reason"]
    assert "enter it again" in channel.last_reason


@has_tables
def test_a_mistake_of_ours_keeps_no_other_waiting_and_logs_no_secret(
    project, hook, channel, message, monkeypatch, caplog
):
    def broken(letter):
        raise ZeroDivisionError(letter.settings["secret"])

    monkeypatch.setattr(webhook, "send", broken)
    delivery = told(channel, message)
    chat = create_channel(project.pk, "slack", "chat", {"url": hook.url}, "ada")
    other = told(chat, message)
    with caplog.at_level(logging.WARNING):
        assert send_due() == 2
    delivery.refresh_from_db()
    other.refresh_from_db()
    assert (delivery.state, other.state) == ("failed", "sent")
    assert "ZeroDivisionError" in caplog.text
    assert SECRET not in caplog.text + str(delivery.log)


@has_tables
def test_again_by_hand(channel, hook, message):
    hook.answers = [Answer(404), Answer(200)]
    delivery = told(channel, message)
    send_due()
    assert send_again(delivery)
    assert send_due() == 1
    delivery.refresh_from_db()
    assert (delivery.state, len(delivery.log)) == ("sent", 2)
    assert not send_again(delivery)
    assert send_due() == 0


@has_tables
def test_a_test_takes_the_same_path(channel, hook):
    delivery = send_test(channel)
    assert hook.arrived == []
    assert send_due() == 1
    delivery.refresh_from_db()
    assert (delivery.state, hook.arrived[0].json["title"]) == ("sent", "This is a test")


@commits
def test_what_is_not_committed_is_not_sent(channel, hook, message):
    class Undo(Exception):
        pass

    def undone():
        told(channel, message)
        raise Undo

    with pytest.raises(Undo):
        transaction.atomic(undone)()
    assert send_due() == 0


@commits
def test_ten_workers_send_each_once(project, hook, message):
    channels = [webhook_of(project, hook, f"ops {number}") for number in range(5)]

    def work(_):
        try:
            deliver(project.pk, channels, message)
            return send_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as workers:
        counts = list(workers.map(work, range(10)))
    send_due()  # a channel that was locked by somebody is passed over until the next tick
    ids = [each.headers["x-agentscope-delivery"] for each in hook.arrived]
    assert len(ids) == len(set(ids)) == 5
    assert sum(counts) <= 5
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}


@contextmanager
def locked(model):
    """Another worker has locked the rows of a table."""
    begun, may_end = Event(), Event()

    def hold():
        with transaction.atomic():
            len(model.objects.select_for_update(no_key=True))
            begun.set()
            may_end.wait(PATIENCE)
        connection.close()

    with ThreadPoolExecutor(1) as other:
        holding = other.submit(hold)
        begun.wait(PATIENCE)
        try:
            yield
        finally:
            may_end.set()
            holding.result(PATIENCE)


@commits
@pytest.mark.parametrize("model", [Channel, Delivery])
def test_what_another_worker_is_claiming_is_passed_over(channel, message, model):
    delivery = told(channel, message)
    with locked(model), connection.cursor() as cursor:
        cursor.execute("set lock_timeout = '300ms'")
        assert claim() is None
        cursor.execute("reset lock_timeout")
    assert claim().pk == delivery.pk


@commits
def test_nothing_is_locked_while_it_is_sent(channel, hook, message, monkeypatch):
    seen = []

    def send(letter):
        seen.append(connection.in_atomic_block)
        with ThreadPoolExecutor(1) as other:
            seen.append(other.submit(lock_all).result(PATIENCE))
        return webhook.Outcome("sent", "")

    monkeypatch.setattr(webhook, "send", send)
    told(channel, message)
    send_due()
    assert seen == [False, 2]


def lock_all():
    """How many rows somebody else can lock at once."""
    try:
        with transaction.atomic():
            return sum(
                len(model.objects.select_for_update(nowait=True)) for model in (Channel, Delivery)
            )
    finally:
        connection.close()


@has_tables
def test_what_was_claimed_long_ago_is_due_again(channel, message):
    told(channel, message)
    first = claim()
    Delivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    assert claim().pk == first.pk
