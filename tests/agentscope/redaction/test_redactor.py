"""Texts, and what stands in place of what a policy names."""

import json
import re
from collections import Counter
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.redaction.policy import Action, Own, Policy
from agentscope.redaction.redactor import Redactor
from agentscope.secrets.rules import NAMED_SECRET, RULES, Category

KEY = "sk-proj-aB3dE6gH9jK2mN5pQ8sT1vW4yZ7"
MAIL = "jane.doe@example.com"
ALL = {Category.SECRET: Action.MASK, Category.PERSONAL: Action.MASK}


def redactor(own=(), **actions):
    return Redactor(Policy({**ALL, **actions}, tuple(own)), b"key")


def redacted(text, of=None):
    counts = Counter()
    return (of or redactor()).text(text, counts), dict(counts)


def test_mask_leaves_the_name_of_the_rule():
    clean, counts = redacted(f"use {KEY} or {KEY}")
    assert clean == "use [redacted openai_key] or [redacted openai_key]"
    assert counts == {"openai_key": 2}


def test_hash_tells_that_two_values_are_equal_and_not_what_they_are():
    by_hash = redactor(email=Action.HASH)
    one, _ = redacted(MAIL, by_hash)
    assert one == redacted(MAIL, by_hash)[0] != redacted("john@example.com", by_hash)[0]
    assert one.startswith("[hashed email ")
    assert one != redacted(MAIL, Redactor(Policy({"email": Action.HASH}), b"other"))[0]


def test_drop_leaves_nothing_of_the_whole_text():
    assert redacted(f"call {MAIL} now", redactor(email=Action.DROP)) == (
        "[REDACTED]",
        {"email": 1},
    )


def test_off_leaves_it_alone():
    by_rule = redactor(email=Action.OFF)
    assert redacted(f"{MAIL} {KEY}", by_rule)[0] == f"{MAIL} [redacted openai_key]"


def test_a_policy_without_actions_does_nothing():
    assert Policy().all() == {}


@pytest.mark.parametrize(
    "data",
    [
        {"text": f"mail {MAIL}", "n": 1, "none": None, "list": [True, 1.5]},
        {"card": 4111111111111111},
        {"inner": json.dumps({"password": "correct-horse7", "deep": json.dumps({"m": MAIL})})},
        {"db_password": "hunter2hunter"},
        {"password": {"nested": ["anything", 7]}},
        [{"role": "user", "content": f"I am {MAIL}"}],
    ],
)
def test_json_stays_json_with_the_same_shape(data):
    clean, counts = redacted(json.dumps(data))
    assert counts
    again = json.loads(clean)
    assert type(again) is type(data)
    assert len(again) == len(data)
    for secret in (MAIL, "4111111111111111", "correct-horse7", "hunter2hunter", "anything"):
        assert secret not in clean


def test_characters_that_json_writes_by_number_hide_nothing():
    clean, _ = redacted('{"to": "jane.doe\\u0040example.com"}')
    assert json.loads(clean) == {"to": "[redacted email]"}


@pytest.mark.parametrize(
    "text",
    [
        "{'password': 'correct-horse7', 'n': 1}",  # as Python writes it
        '{"password": "correct-horse7", "cut": "of',
        '{\\"password\\": \\"correct-horse7\\"}',
        '{"secret": {"inner": "correct-horse7"}, "cut": "of',
        '{"password":"correct-horse7\\"and more"',
    ],
)
def test_fields_of_what_is_no_json_are_found_too(text):
    clean, _ = redacted(text)
    assert "correct-horse7" not in clean
    assert "and more" not in clean


PEM = (
    "-----BEGIN RSA PRIVATE KEY-----\n{}MIIE/dead+\nbeef/w==\n-----END RSA PRIVATE KEY-----".format
)


@pytest.mark.parametrize(
    "secret",
    [
        KEY,
        "AKIAIOSFODNN7EXAMPLE",
        PEM(""),
        PEM("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,AB12\n\n"),
        "password=" + "a1B2c3D4" * 100,
        "https://oauth2:" + "x9Zq" * 100 + "@git.example.com/",
    ],
)
@pytest.mark.parametrize("before", ["", "a line\n", "a\t", "a\r\n"])
def test_a_secret_goes_whole_however_often_it_was_written_as_json(secret, before):
    text, size = before + secret, len(secret)
    words = re.findall("[A-Za-z0-9]{4,}", secret[size // 3 : size * 4 // 5])
    for _ in range(4):
        for told in (text, f"answer: {text} (200)", text.replace("/", "\\/")):
            clean, counts = redacted(told)
            assert counts
            assert words
            assert not [word for word in words if word in clean]
        text = json.dumps({"log": text})


@pytest.mark.parametrize("value", ["abc12", "nothing", "a=b; c=d"])
def test_fields_are_found_by_their_names_in_texts_that_are_the_values_of_others(value):
    text = json.dumps({"cookie": value})
    for _ in range(3):
        assert value not in redacted(text)[0]
        assert value not in redacted(text + " and more")[0]
        text = json.dumps({"log": f"sent {text}"})


def test_what_says_nothing_stays_and_json_stays_json():
    data = {"password": None, "secret": True, "pwd": 12345678, "card": 4111111111111111.0}
    clean, counts = redacted(json.dumps(data))
    assert json.loads(clean) == {
        "password": None,
        "secret": True,
        "pwd": "[redacted named_secret]",
        "card": "[redacted card_number]",
    }
    assert counts == {NAMED_SECRET: 1, "card_number": 1}


def test_a_text_in_json_hides_nothing():
    assert redacted('"jane.doe\\u0040example.com"')[0] == '"[redacted email]"'
    assert "hunter22" not in redacted(r'{"url": "db:\/\/user:hunter22@localhost\/x"}')[0]


def test_what_is_beside_another_hit_goes_by_its_name():
    clean = redactor().field("db_password", f"{MAIL}:Hunter2!x", Counter())
    assert clean == "[redacted assigned_secret]"


@pytest.mark.parametrize(
    "text",
    [
        '"password": "x" :' + "\\" * 200_000,
        '"password": "x" ' + '\\"a\\" ' * 30_000,
        f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.{KEY[8:]} " + "eyJAAAAAAAA-" * 20_000,
    ],
)
def test_no_text_takes_long(text):
    began = process_time()
    redacted(text)
    assert process_time() - began < 2


def test_fields_whose_name_says_it_go_as_a_whole():
    counts = Counter()
    assert redactor().field("http.request.header.X-Api-Key", "any", counts) == (
        "[redacted named_secret]"
    )
    assert redactor().field("db.password", "", counts) == ""
    assert redactor().field("gen_ai.usage.input_tokens", "12", counts) == "12"
    assert counts == {NAMED_SECRET: 1}


def test_a_name_and_its_value_are_read_together():
    assert redactor().field("DB_PASSWORD_MAIN", "a", Counter()) == "a"
    assert redactor().field("main_db_password", "hunter2hunter", Counter()) == (
        "[redacted assigned_secret]"
    )


def test_own_patterns_take_their_first_group():
    own = [Own("customer", r"customer (C-\d+)", False, Action.MASK)]
    assert redacted("customer C-123, C-456", redactor(own)) == (
        "customer [redacted customer], C-456",
        {"customer": 1},
    )


def test_own_names_count_wherever_they_are():
    own = [Own("patient", "patient name", True, Action.MASK)]
    clean, _ = redacted('{"visit": {"patient_name": "Doe", "room": 7}}', redactor(own))
    assert json.loads(clean) == {"visit": {"patient_name": "[redacted patient]", "room": 7}}


def test_what_overlaps_goes_as_a_whole():
    own = [Own("jane", "jane", False, Action.MASK)]
    assert redacted(f"to {MAIL}.", redactor(own))[0] == "to [redacted jane]."


HARMLESS = st.text(st.characters(codec="utf-8"), max_size=40)
SECRETS = st.sampled_from([KEY, MAIL, "4111 1111 1111 1111", "password=hunter2hunter", ""])
TEXTS = st.lists(HARMLESS | SECRETS, max_size=6).map(" ".join)


@given(TEXTS, st.sampled_from([Action.MASK, Action.HASH, Action.DROP]))
def test_doing_it_twice_changes_nothing_more(text, action):
    by_all = Redactor(Policy({Category.SECRET: action, Category.PERSONAL: action}), b"key")
    once, _ = redacted(text, by_all)
    assert redacted(once, by_all) == (once, {})


@given(TEXTS)
def test_no_hit_is_left_in_any_json(text):
    by_all = redactor()
    clean, _ = redacted(json.dumps({"a": [text], "b": json.dumps({text: text})}), by_all)
    assert by_all.hits(clean) == []
    json.loads(clean)


def test_every_rule_can_be_turned_off_alone():
    for rule in RULES:
        assert rule.code not in redactor(**{rule.code: Action.OFF}).actions
