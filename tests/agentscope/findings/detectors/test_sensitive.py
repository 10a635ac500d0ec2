"""Secrets and personal data in calls and messages: told by rule and place, never by value."""

import pytest

from agentscope.findings.detect import detect
from agentscope.findings.limits import Limit, Limits
from agentscope.vocabulary import Flag
from tests.kit.courses import Script

KEY = "sk-proj-aB3dE6gH9jK2mN5pQ8sT1vW4yZ7"
MAIL = "jane.doe@example.com"
QUERY, ROWS = {"query": "orders of today"}, "3 orders"


def script(arguments=QUERY, result=ROWS, asked="What is new?", answer="Nothing.", calls=1, **said):
    made = Script()
    with made.agent("scout", "Look."):
        made.hear(asked)
        for number in range(calls):
            made.call("send_note", {"n": number, **arguments}, result, **said)
        made.hear(asked)
        made.think(answer)
    return made


@pytest.mark.parametrize(
    ("said", "code", "severity", "sentence"),
    [
        (
            {"arguments": {"token": KEY}},
            "secret_in_arguments",
            "warning",
            "Found in arguments of send_note, once: key of OpenAI or of a service that names its"
            " keys so: sk-… (openai_key).",
        ),
        (
            {"arguments": {"db_password": "hunter2hunter"}},
            "secret_in_arguments",
            "warning",
            "Found in arguments of send_note, once: value of a field called password, secret,"
            " api_key and the like (assigned_secret).",
        ),
        (
            {"result": f"your key: {KEY}"},
            "secret_in_result",
            "warning",
            "Found in the result of send_note, once: key of OpenAI or of a service that names its"
            " keys so: sk-… (openai_key).",
        ),
        (
            {"asked": f"use {KEY}"},
            "secret_in_message",
            "warning",
            "Found in a message, once: key of OpenAI or of a service that names its keys so: sk-…"
            " (openai_key).",
        ),
        (
            {"answer": "AKIAIOSFODNN7EXAMPLE it is"},
            "secret_in_message",
            "warning",
            "Found in an answer, once: id of an access key of AWS (aws_access_key).",
        ),
        (
            {"arguments": {"to": MAIL}, "calls": 2},
            "personal_data",
            "info",
            "Found in arguments of send_note, 2 times: e-mail address (email).",
        ),
        (
            {"result": {"to": "[hashed email 3f9a2c41d0ab]"}},
            "personal_data",
            "info",
            "Found in the result of send_note, once: e-mail address (email).",
        ),
        (
            {"arguments": {"id": "[redacted customer]"}},
            "secret_in_arguments",
            "warning",
            "Found in arguments of send_note, once: value that a rule of this project knows (own"
            " rule).",
        ),
    ],
)
def test_it_is_told_where_and_by_which_rule(said, code, severity, sentence):
    (found,) = script(**said).found()
    assert (found.pattern.code, found.severity.word, found.sentence) == (code, severity, sentence)
    assert (found.agent, found.spent.tokens) == ("scout", 0)
    assert KEY not in repr(found)
    assert MAIL not in repr(found)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"arguments": {"token": KEY}, "flags": Flag.REDACTED | Flag.FROM_LOGS, "result": None},
        {"arguments": {"package": "sk-learn-contrib-is-a-package"}},
        {"result": "Set password: required, api_key=$API_KEY"},
        {"answer": "Order 4111 1111 1111 1112 of 2024-11-26 10:00+01:00"},
    ],
)
def test_look_alikes_are_fine(said):
    told = [each.pattern.code for each in script(**said).found()]
    expected = ["secret_in_arguments"] if "flags" in said else []  # redacted in another place
    assert told == expected


def test_of_two_rules_the_secret_is_told():
    (found,) = script({"to": MAIL, "token": KEY}).found()
    assert found.subject == "arguments of send_note: openai_key"


def test_a_loop_is_told_beside_it():
    made = Script()
    with made.agent("scout", "Look."):
        for _ in range(8):
            made.use("search", {"query": "x", "to": MAIL}, "nothing new")
    codes = made.codes()
    assert codes["exact_repeat"] == "warning"
    assert codes["personal_data"] == "info"


def test_calls_that_differ_in_what_is_masked_are_no_loop():
    made = Script()
    with made.agent("scout", "Look."):
        for _ in range(8):
            made.call("send", {"to": "[redacted email]"}, "sent [redacted email]")
    assert set(made.codes()) == {"personal_data"}


def test_calls_that_are_equal_by_their_digests_are_one():
    made = Script()
    with made.agent("scout", "Look."):
        for _ in range(8):
            made.call("search", {"to": "[hashed email 3f9a2c41d0ab]"}, "nothing new")
    assert "exact_repeat" in made.codes()


def test_a_project_says_from_when_on():
    scene = script({"token": KEY}, calls=3).scene()
    code = "secret_in_arguments"
    assert [each.severity.word for each in detect(scene, Limits({code: Limit(1, 3)}))] == ["alert"]
    assert detect(scene, Limits({code: Limit(4, 9)})) == []
    assert detect(scene, Limits({code: Limit(1, 3, enabled=False)})) == []


def test_personal_data_is_never_more_than_worth_knowing():
    (found,) = script({"to": MAIL}, calls=1100).found()
    assert (found.pattern.code, found.severity.word, found.repeats) == (
        *("personal_data", "info"),
        1100,
    )
