from importlib import import_module

import pytest
from django.apps import apps

from agentscope.projects.models import Member, User
from agentscope.projects.roles import HELD, NotAllowed, Right, Role, check, who_may
from agentscope.projects.write import add_member, create_project

TABLE = {  # as docs/access.md shows it
    Role.OWNER: "see audit operate see_keys send manage own",
    Role.ADMIN: "see audit operate see_keys send manage",
    Role.OPERATOR: "see audit operate see_keys",
    Role.AUDITOR: "see audit see_keys",
    Role.VIEWER: "see",
    Role.INGEST: "see_keys send",
}


@pytest.mark.parametrize("role", list(Role))
def test_what_a_role_may(role):
    assert {right.value for right in HELD[role]} == set(TABLE[role].split())


def test_whoever_may_not_is_told_who_may():
    check(Role.OPERATOR, Right.OPERATE)
    with pytest.raises(NotAllowed) as refused:
        check(Role.AUDITOR, Right.OPERATE)
    assert str(refused.value) == (
        "Only owners, admins and operators may change rules, budgets, stops, reviews and findings; "
        "you are an auditor."
    )


def test_one_who_may_is_named_alone():
    assert who_may(Right.OWN) == "Only owners may make owners, or owners something else"


def test_nobody_is_locked_out_by_the_upgrade(db):
    shop, bank = create_project("shop"), create_project("bank")
    ada, bob = (User.objects.create_user(name) for name in ("ada", "bob"))
    for project, user in ((shop, bob), (shop, ada), (bank, ada)):
        add_member(project, user)
    import_module("agentscope.projects.migrations.0009_roles").nobody_is_locked_out(apps, None)
    found = set(Member.objects.values_list("project__name", "user__username", "role"))
    assert found == {("shop", "bob", "owner"), ("shop", "ada", "admin"), ("bank", "ada", "owner")}
