"""The command that asks for what is stored to be redacted."""

import pytest
from django.core.management import CommandError, call_command

from agentscope.jobs.models import Job
from agentscope.jobs.write import MOST_UNFINISHED
from agentscope.projects.write import create_project
from agentscope.redaction.derived import tables
from agentscope.redaction.policy import Policy
from agentscope.redaction.read import policy_of
from agentscope.redaction.write import add_rule, set_actions

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
