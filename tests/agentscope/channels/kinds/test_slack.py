"""Slack's blocks: all is in the text too, nothing is markup, and Slack's limits are kept."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.channels.kinds.kind import BadChannel, Letter
from agentscope.channels.kinds.slack import body_of, check, escaped
from agentscope.channels.message import Message
from agentscope.channels.send import LONGEST_REASON, send_due
from agentscope.channels.write import create_channel, deliver
from tests.kit.receivers import Answer

ANY = st.builds(
    Message,
    st.text(min_size=1),
    st.lists(st.text()).map(tuple),
    st.lists(st.tuples(st.text(), st.text()), max_size=25).map(tuple),
    st.just("/"),
    st.just("info"),
    st.just("a"),
)


def letter(message):
    address = f"https://scope.example{message.link}"
    return Letter(uuid4(), "shop", {}, message, address, datetime.now(UTC))


@pytest.mark.django_db
def test_what_arrives(project, hook, message):
    channel = create_channel(project.pk, "slack", "chat", {"url": hook.url}, "ada")
    deliver(project.pk, [channel], message)
    send_due()
    (arrived,) = hook.arrived
    header, said, facts, link = arrived.json["blocks"]
    assert header["text"]["text"] == "Runs cost $2.31 in an hour"
    assert said["text"]["text"] == "The limit is $2.00.\nLook at the dearest run."
    assert [each["text"] for each in facts["fields"]] == [
        "Cost: $2.31",
        "Agent: a&lt;b&gt;&amp;c",
    ]
    assert link["text"]["text"] == "https://scope.example/p/shop/alerts/7"
    for part in ("$2.31 in an hour", "dearest run.", "a&lt;b&gt;&amp;c", "/p/shop/alerts/7"):
        assert part in arrived.json["text"]


@pytest.mark.django_db
def test_the_address_is_a_secret_that_no_log_repeats(project, hook, message):
    channel = create_channel(project.pk, "slack", "chat", {"url": hook.url}, "ada")
    assert (channel.settings, channel.hints) == ({}, {"url": "hook"})
    hook.answers = [Answer(404, parts=(f"no_service {hook.url}".encode(),))]
    (delivery,) = deliver(project.pk, [channel], message)
    send_due()
    delivery.refresh_from_db()
    assert delivery.state == "given_up"
    assert delivery.log[0]["reason"] == "answered 404: no_service …"


@pytest.mark.django_db
@pytest.mark.parametrize("before", ["Cannot POST ", "x" * 185])
def test_neither_its_path_nor_what_is_cut_of_it_is_in_the_log(project, hook, message, before):
    said = {"url": f"{hook.url}/T0000ABCD/k3yOfTheHook"}
    channel = create_channel(project.pk, "slack", "chat", said, "ada")
    hook.answers = [Answer(404, parts=(f"{before}/hook/T0000ABCD/k3yOfTheHook".encode(),))]
    (delivery,) = deliver(project.pk, [channel], message)
    send_due()
    delivery.refresh_from_db()
    reason = delivery.log[0]["reason"]
    assert reason.startswith(f"answered 404: {before[:100]}")
    assert not {"T000", "k3yO"} & {reason[at : at + 4] for at in range(len(reason))}
    assert len(reason) <= LONGEST_REASON


@given(ANY)
def test_limits_are_kept_and_nobody_is_called(message):
    body = body_of(letter(message))
    assert len(body["text"]) <= 4000
    assert len(body["blocks"]) <= 50
    texts = [block["text"] for block in body["blocks"] if "text" in block]
    for block in body["blocks"]:
        assert 1 <= len(block.get("fields", "x")) <= 10
        texts += block.get("fields", [])
    for text in texts:
        assert len(text["text"]) <= (150 if text["type"] == "plain_text" else 3000)
        assert text["type"] == "plain_text" or not {"<", ">"} & set(text["text"])
    assert not {"<", ">"} & set(body["text"])


@given(st.text(alphabet="&<>ab", max_size=300), st.integers(60, 200))
def test_what_is_cut_is_said(text, most):
    found = escaped(text, most)
    assert len(found) <= most
    if "more characters" not in found:
        assert found == text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<!channel> @all", "&lt;!channel&gt; @\u200ball"),
        ("Agent @channel: ok, _@here", "Agent @\u200bchannel: ok, _@\u200bhere"),
        ("![a](http://b.example)", "![a]\u200b(http://b.example)"),
        ("ada@example.com, 2 @ $1", "ada@example.com, 2 @ $1"),
    ],
)
def test_what_takes_webhooks_of_slack_finds_no_markup_either(text, told):
    assert escaped(text, 200) == told


def test_many_facts_and_a_long_sentence_fit(message):
    long = replace(message, sentences=("&" * 5000,), facts=(("a", "b" * 3000),) * 12)
    body = body_of(letter(long))
    assert [len(block["fields"]) for block in body["blocks"] if "fields" in block] == [10, 2]
    assert "more characters" in body["blocks"][1]["text"]["text"]


def test_an_address_that_is_none_is_refused():
    with pytest.raises(BadChannel, match="begins with https://"):
        check({"url": "hooks.slack.com"})
