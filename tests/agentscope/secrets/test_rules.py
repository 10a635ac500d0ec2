"""Each rule with what it must find and what only looks like it. None of the secrets is one: they
are made up, or from the documentation of who gives such keys out."""

import re

import pytest

from agentscope.secrets import find
from agentscope.secrets.find import Finder
from agentscope.secrets.rules import BY_CODE, BY_NUMBER, RULES

LETTERS = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7cF0xR"  # of no key
LONG = LETTERS * 3

HITS = {
    "private_key": [
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nAb+/=\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\\nMIIEow\\n-----END PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz",  # cut
    ],
    "jwt": [f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.{LETTERS}"],
    "anthropic_key": [f"sk-ant-api03-{LETTERS}"],
    "openai_key": [f"sk-proj-{LETTERS}", f"sk-{LETTERS}", f"sk-lf-{LETTERS}"],
    "aws_access_key": ["AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE"],
    "aws_secret_key": ['aws_secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"'],
    "github_token": [f"ghp_{LETTERS}{LETTERS[:4]}", f"github_pat_{LETTERS}"],
    "gitlab_token": [f"glpat-{LETTERS[:20]}"],
    "google_key": [f"AIza{LONG[:35]}", f"GOCSPX-{LONG[:28]}", f"ya29.{LETTERS}"],
    "slack_token": ["xoxb-123456789012-abcDEF", "xapp-1-A0123456789-x"],
    "webhook": [
        f"https://hooks.slack.com/services/T0001/B0001/{LETTERS[:24]}",
        f"https://discord.com/api/webhooks/123456789/{LONG[:60]}",
    ],
    "stripe_key": [f"sk_live_{LETTERS[:24]}", f"rk_test_{LETTERS}", f"whsec_{LETTERS}"],
    "huggingface_token": [f"hf_{LONG[:34]}"],
    "registry_token": [f"npm_{LONG[:36]}", f"pypi-AgEIcHlwaS5vcmc{LONG}"],
    "model_key": [f"gsk_{LONG[:52]}", f"xai-{LONG[:80]}", f"lsv2_pt_{LETTERS}"],
    "sendgrid_key": [f"SG.{LETTERS[:22]}.{LONG[:43]}"],
    "telegram_token": [f"110201543:AA{LONG[:33]}"],
    "azure_key": [f"AccountName=x;AccountKey={LONG[:86]}==;"],
    "agentscope_key": [f"as_{LONG[:43]}"],
    "url_password": ["postgres://user:hunter2pass@db/x", "redis://:pa55@cache:6379/0"],
    "bearer": [f"Authorization: Bearer {LETTERS}", "basic dXNlcjpwYXNzd29yZDEyMw=="],
    "assigned_secret": [
        "password=hunter2hunter",
        '{"password": "correct-horse7"}',
        '{\\"api_key\\": \\"k3y-of-mine\\"}',
        "client_secret => abc123def",
        "{'access_token': 'q1w2e3r4t5'}",
    ],
    "card_number": ["4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005"],
    "iban": ["DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432"],
    "us_ssn": ["219-09-9999"],
    "email": ["jane.doe+x@example.co.uk"],
    "phone": ["+1 415 555 2671", "+49 (30) 1234 5678"],
}
LOOK_ALIKES = {
    "private_key": ["-----BEGIN PUBLIC KEY-----\nMIIB", "BEGIN PRIVATE KEY"],
    "jwt": ["eyJhbGciOiJIUzI1NiJ9", "eyJ.eyJ.x"],
    "anthropic_key": ["sk-ant-", "the sk-ant-prefix-of-these-keys-is-well-known"],
    "openai_key": ["sk-learn-contrib-is-a-package", "task-0123456789abcdefghij", "risk-1234567"],
    "aws_access_key": ["AKIA", "XAKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLELONGER"],
    "aws_secret_key": ["aws region = us-east-1", "aws key " + "a" * 40],
    "github_token": ["ghp_short", "graph_" + LETTERS],
    "gitlab_token": ["glpat-short", "glpat-" + "only-words-and-hyphens-here"],
    "google_key": ["AIzaShort", "ya29", "xAIza" + LONG[:35]],
    "slack_token": ["xoxb-", "xox-abcdefghijkl", "xoxb-in-lower-case-words"],
    "webhook": ["https://hooks.slack.com/", "https://api.slack.com/services"],
    "stripe_key": ["sk_live_short", "risk_live_" + LETTERS],
    "huggingface_token": ["hf_hub_download", "hf_" + "abcdefgh" * 4],
    "registry_token": ["npm_config_registry", "pypi-server"],
    "model_key": ["gsk_", "xai-grok-4-fast-reasoning-with-tools-x", "r8_short"],
    "sendgrid_key": ["SG.Foo.Bar", "MSG." + LETTERS],
    "telegram_token": ["10:30:AAA", "12345678:AAshort"],
    "azure_key": ["AccountKey=", "AccountName=" + LONG],
    "agentscope_key": ["as_dict", "has_" + LONG[:43]],
    "url_password": ["https://example.com:8080/a@b", "http://user@host/", "redis://:${PASS}@cache"],
    "bearer": [
        "Bearer token",
        "a bearer of very-long-but-plain-words-only",
        "basic authentication",
    ],
    "assigned_secret": [
        "password: required",
        "secret = os.environ['X']",
        "api_key=$API_KEY",
        "password=********",
        "token: 42",
        "max_tokens=100000000",
        "the secret: understanding",
        '{"password": "<REDACTED>"}',
        "password=[redacted assigned_secret]",
        "api_key=YOUR_API_KEY_1",
    ],
    "card_number": ["4111 1111 1111 1112", "1732593600000000000", "0000 0000 0000 0000"],
    "iban": ["DE89 3704 0044 0532 0130 01", "AB12 CDEF 1234 5678 90"],
    "us_ssn": ["000-12-3456", "900-12-3456", "2024-11-26", "123-45-67890"],
    "email": ["@app.route", "user@localhost", "git@", "a @ b.com"],
    "phone": ["1+1 = 2", "+5", "2024-11-26 10:00+01:00"],
}


def codes(text, finder=None):
    return {hit.code for hit in (finder or Finder()).hits(text)}


@pytest.mark.parametrize(("code", "text"), [(c, t) for c, ts in HITS.items() for t in ts])
def test_a_rule_finds_what_it_is_for(code, text):
    assert code in codes(f"before {text} after")
    assert code in codes(text)


KEYS = (
    "anthropic_key openai_key aws_access_key github_token gitlab_token google_key slack_token"
    " stripe_key huggingface_token registry_token model_key sendgrid_key telegram_token"
    " agentscope_key"
).split()


@pytest.mark.parametrize(("code", "text"), [(c, t) for c in KEYS for t in HITS[c]])
def test_a_key_may_be_joined_to_a_name(code, text):
    (hit,) = (each for each in Finder([BY_CODE[code]]).hits(f"tool_{text}"))
    assert hit.start == len("tool_")


@pytest.mark.parametrize(("code", "text"), [(c, t) for c, ts in LOOK_ALIKES.items() for t in ts])
def test_a_rule_leaves_alone_what_only_looks_like_it(code, text):
    assert code not in codes(text, Finder([BY_CODE[code]]))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_both(rule):
    assert HITS[rule.code]
    assert LOOK_ALIKES[rule.code]


def test_numbers_are_stored_so_none_comes_twice():
    assert len(BY_NUMBER) == len(BY_CODE) == len(RULES)
    assert all(0 < rule.number < 256 for rule in RULES)


@pytest.mark.parametrize(("code", "text"), [(c, t) for c, ts in HITS.items() for t in ts])
def test_the_same_is_found_without_re2(monkeypatch, code, text):
    with_it = Finder().hits(f"x {text} y")
    monkeypatch.setattr(find, "re2", None)
    assert Finder().hits(f"x {text} y") == with_it


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_needles_are_in_lower_case(rule):
    assert [needle for needle in rule.needles if needle != needle.lower()] == []


def test_no_pattern_looks_around_or_back():
    assert [rule.code for rule in RULES if re.search(r"\(\?[=!<]|\\[1-9]", rule.pattern)] == []
