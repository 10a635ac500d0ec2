"""The page of what is redacted: actions, own rules, and the trial on stored spans."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.jobs.models import Job
from agentscope.pipeline import run_jobs
from agentscope.projects.write import create_project
from agentscope.redaction import stored as stored_job
from agentscope.redaction.models import OwnRule, Redacted
from agentscope.redaction.policy import Action
from agentscope.redaction.read import policy_of
from agentscope.redaction.write import MOST_OWN, BadRule, add_rule, count_redacted, set_actions
from agentscope.secrets.rules import NAMED_SECRET, RULES
from agentscope.vocabulary import Kind, Meaning
from tests.kit.changes import noted, the_change
from tests.ui.traces import save_trace, span

PAGE = "/p/shop/settings/redaction/"
ADD, REMOVE = f"{PAGE}add/", f"{PAGE}remove/"
KEY = "sk-proj-aB3dE6gH9jK2mN5pQ8sT1vW4yZ7"
RULE = {"code": "customer", "kind": "pattern", "said": r"C-\d+", "action": "hash"}


def choices(**said):
    """A form in which everything goes by its category."""
    return {"secret": "off", "personal": "off", **said}


def test_each_rule_has_its_row(client, embedded, project):
    answer = client.get(PAGE)
    assert answer.status_code == 200
    for code in (*(rule.code for rule in RULES), NAMED_SECRET):
        assert f'<span class="mono">{code}</span>' in answer.text


@pytest.mark.parametrize("address", [PAGE, ADD, REMOVE])
def test_strangers_change_nothing(client, production, charlie, project, address):
    client.force_login(charlie)
    assert client.post(address, {**choices(secret="mask"), **RULE}).status_code == 404
    assert not noted()


def test_what_is_chosen_holds_and_is_written_down(client, embedded, project):
    answer = client.post(PAGE, choices(secret="mask", email="hash"))
    assert answer["Location"] == f"{PAGE}?saved=1"
    policy = policy_of(project.pk)
    assert policy.all()["openai_key"] is Action.MASK
    assert policy.all()["email"] is Action.HASH
    assert "phone" not in policy.all()
    assert the_change().what == "Changed what is redacted: email, personal, secret"
    client.post(PAGE, choices(secret="mask", email="hash"))
    assert len(noted()) == 1


def test_what_cannot_be_chosen_is_said(client, embedded, project):
    answer = client.post(PAGE, choices(email="burn"))
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert policy_of(project.pk).all() == {}


def test_own_rules_come_and_go(client, embedded, project):
    assert client.post(ADD, RULE)["Location"] == f"{PAGE}?saved=1"
    rule = OwnRule.objects.get()
    assert r"C-\d+" in client.get(PAGE).text
    assert policy_of(project.pk).all() == {"customer": Action.HASH}
    other = create_project("other")
    foreign = add_rule(other, "theirs", "pattern", "x", "mask", "ada")
    assert client.post(REMOVE, {"rule": foreign.pk}).status_code == 404
    assert client.post(REMOVE, {"rule": "x"}).status_code == 404
    assert client.post(REMOVE, {"rule": rule.pk}).status_code == 302
    assert [each.code for each in OwnRule.objects.all()] == ["theirs"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"said": "(?=a)"}, "invalid perl operator"),
        ({"said": "a*"}, "without any characters"),
        ({"code": "Not so!"}, "Small letters"),
        ({"code": "email"}, "for all projects"),
        ({"kind": "name", "said": "a:b"}, "Letters, digits"),
        ({"action": "off"}, "off"),
    ],
)
def test_rules_that_cannot_be_used_say_why(client, embedded, project, wrong, words):
    answer = client.post(ADD, {**RULE, **wrong})
    assert answer.status_code == 200
    assert words in answer.text
    assert not OwnRule.objects.exists()


def test_a_project_has_not_any_number_of_rules(project):
    for number in range(MOST_OWN):
        add_rule(project, f"rule_{number}", "name", f"n{number}", "mask", "ada")
    with pytest.raises(BadRule):
        add_rule(project, "one_more", "name", "n", "mask", "ada")
    with pytest.raises(BadRule):
        add_rule(create_project("b"), "", "name", "n", "mask", "ada")


def test_counts_of_the_project_are_shown(client, embedded, project):
    count_redacted(project.pk, {"email": 40, "phone": 2})
    count_redacted(project.pk, {"email": 1})
    count_redacted(project.pk + 1, {"email": 1000})
    assert Redacted.objects.count() == 3
    text = client.get(PAGE).text
    assert 'data-label="replaced">41</td>' in text
    assert "1,000" not in text
    assert 'data-label="replaced">1000<' not in text


@pytest.fixture
def stored(project):
    """A span with a key in its arguments."""
    said = {"input.value": f'{{"note": "before {KEY} after"}}'}
    sent = span(1, meaning=Meaning(Kind.LLM), name=f"chat {KEY}", attributes=said)
    return save_trace(project, sent)


def test_the_trial_says_where_and_never_what(client, embedded, project, stored):
    set_actions(project, {"secret": "hash"}, "ada")
    text = client.get(PAGE, {"try": "1"}).text
    assert KEY not in text
    assert "attributes input.value" in text
    assert "before <mark>■■■</mark> after" in text
    assert "<td>hash</td>" in text
    assert len(noted()) == 1  # nothing was changed by it


def test_the_trial_finds_what_is_kept_until_now(client, embedded, project, stored):
    text = client.get(PAGE, {"try": "1"}).text
    assert "<td>keep</td>" in text
    assert KEY not in text


def test_the_trial_asks_the_same_however_many_spans(client, embedded, project, stored):
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE, {"try": "1"})
    many = [
        span(number, meaning=Meaning(Kind.LLM), name="chat", attributes={"a": KEY})
        for number in range(2, 60)
    ]
    save_trace(project, *many)
    with CaptureQueriesContext(connection) as more:
        client.get(PAGE, {"try": "1"})
    assert len(more) == len(few)


def test_a_project_without_spans_says_so(client, embedded, project):
    assert "no stored spans" in client.get(PAGE, {"try": "1"}).text


STORED, JOBS = f"{PAGE}stored/", "/p/shop/settings/jobs/"
SURE = {"sure": "1"}


def test_what_is_stored_is_redacted_by_a_job(client, embedded, project, stored, monkeypatch):
    monkeypatch.setattr(stored_job, "SETTLED", timedelta(0))
    set_actions(project, {"secret": "mask"}, "ada")
    assert STORED in client.get(PAGE).text
    assert client.post(STORED, {"preview": "1"})["Location"] == JOBS
    assert client.post(STORED, SURE)["Location"] == JOBS
    while Job.objects.exclude(state="done").exists():
        run_jobs()
    text = client.get(JOBS).text
    assert "Redact what is stored, preview" in text
    assert "1 span read, 1 changed; 1 value (openai_key 1)" in text
    assert any(change.what.startswith("Redacted what is stored") for change in noted())


def test_without_a_rule_there_is_no_job(client, embedded, project):
    assert "No rule is on" in client.post(STORED, SURE, follow=True).text
    assert not Job.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_not_sure_is_asked_and_nothing_happens(client, embedded, project, stored, method):
    set_actions(project, {"secret": "mask"}, "ada")
    text = getattr(client, method)(STORED).text
    assert "It cannot be undone." in text
    assert 'name="sure"' in text
    assert not Job.objects.exists()


def test_strangers_redact_nothing(client, production, charlie, project):
    client.force_login(charlie)
    assert client.post(STORED, SURE).status_code == 404
    assert client.get(STORED).status_code == 404
