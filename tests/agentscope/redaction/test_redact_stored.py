"""The command that asks for what is stored to be redacted."""

import pytest
from django.core.management import CommandError, call_command

from agentscope.accounts.invitations import invite
from agentscope.alerts.models import Rule
from agentscope.channels.write import create_channel
from agentscope.jobs.models import Job
from agentscope.jobs.write import MOST_UNFINISHED
from agentscope.projects.changes import COMMAND_LINE
from agentscope.projects.roles import Role
from agentscope.projects.write import create_project
from agentscope.redaction.cleaner import Cleaner
from agentscope.redaction.derived import tables
from agentscope.redaction.policy import Policy
from agentscope.redaction.read import policy_of
from agentscope.redaction.redactor import Redactor
from agentscope.redaction.step import Step
from agentscope.redaction.write import add_rule, set_actions
from tests.ui.alerting import rule_of

pytestmark = pytest.mark.django_db


def test_it_asks_by_the_rules_of_now(capsys):
    shop = create_project("shop")
    set_actions(shop, {"secret": "mask"}, "ada")
    add_rule(shop, "customer", "pattern", r"C-\d+", "hash", "ada")
    call_command("redact_stored", "shop", "--count")
    call_command("redact_stored", "shop")
    counted, asked = Job.objects.order_by("pk")
    assert (counted.is_preview, asked.is_preview) == (True, False)
    assert f"Job {asked.pk}" in capsys.readouterr().out
    assert Policy.parse(asked.parameters) == policy_of(shop.pk)


def test_it_says_why_it_cannot():
    with pytest.raises(CommandError, match="no project"):
        call_command("redact_stored", "shop")
    shop = create_project("shop")
    with pytest.raises(CommandError, match="No rule"):
        call_command("redact_stored", "shop")
    set_actions(shop, {"secret": "mask"}, "ada")
    for _ in range(MOST_UNFINISHED):
        call_command("redact_stored", "shop")
    with pytest.raises(CommandError, match="wait already"):
        call_command("redact_stored", "shop")


def test_names_of_keys_are_ours_and_stay():
    columns = {(table.name, column) for table in tables() for column in table.columns}
    assert ("trace", "agents") in columns
    named = {("trace", "keys"), ("metered", "key"), ("quarter_metered", "key")}
    assert not columns & named


def test_digests_and_words_of_ours_stay():
    columns = {(table.name, column) for table in tables() for column in table.columns}
    assert ("evidence_pack", "words") in columns
    ours = {("evidence_pack", "digest"), ("evidence_pack", "manifest")}
    assert not columns & (ours | {("review_item", "verdict"), ("budget_answer", "decision")})


def test_who_did_something_and_what_people_set_stays(settings):
    """Accounts are often called by their address, and mail goes to one."""
    shop = create_project("shop")
    set_actions(shop, {"personal": "mask"}, "ada")
    settings.EMAIL_HOST = "127.0.0.1"
    ann = "ann@example.com"
    invited, _ = invite(shop, ann, Role.VIEWER, COMMAND_LINE, Role.OWNER)
    channel = create_channel(shop.pk, "email", "mail", {"to": ann}, ann)
    rule = rule_of(shop, name=f"for {ann}")
    Rule.objects.update(created_by=ann)
    step = Step(Job(project_id=shop.pk, asked_by="ada"), Cleaner(Redactor(policy_of(shop.pk), b"")))
    for table in tables():
        table.texts(step, None)
    for each in (invited, channel, rule):
        each.refresh_from_db()
    assert (invited.email, channel.settings["to"], rule.created_by) == (ann, ann, ann)
    assert rule.name == "for [redacted email]"
