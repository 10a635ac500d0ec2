from importlib import import_module

import pytest
from django.apps import apps

from agentscope.projects.members import projects_of, role_of, roles_of
from agentscope.projects.models import Member, User
from agentscope.projects.roles import HELD, NotAllowed, Right, Role, check, who_may
from agentscope.projects.write import add_member, create_project

TABLE = {  # as docs/access.md shows it
    Role.OWNER: "see audit operate send manage own",
    Role.ADMIN: "see audit operate send manage",
    Role.OPERATOR: "see audit operate",
    Role.AUDITOR: "see audit",
    Role.VIEWER: "see",
    Role.INGEST: "send",
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
    assert who_may(Right.OWN) == "Only owners may make owners and delete the project"


@pytest.fixture
def ada(db):
    return User.objects.create_user("ada")


def test_somebody_is_what_the_project_says(ada):
    shop, bank = create_project("shop"), create_project("bank")
    add_member(shop, ada, Role.AUDITOR)
    assert (role_of(ada, shop), role_of(ada, bank)) == (Role.AUDITOR, None)
    assert roles_of(ada) == {shop: Role.AUDITOR}
    assert list(projects_of(ada)) == [shop]


def test_who_is_added_again_stays_what_they_are(ada):
    shop = create_project("shop")
    add_member(shop, ada, Role.OWNER)
    assert add_member(shop, ada).role == Role.OWNER


def test_nobody_is_locked_out_by_the_upgrade(ada):
    shop, bank = create_project("shop"), create_project("bank")
    bob = User.objects.create_user("bob")
    for project, user in ((shop, bob), (shop, ada), (bank, ada)):
        add_member(project, user)
    import_module("agentscope.projects.migrations.0009_roles").nobody_is_locked_out(apps, None)
    found = set(Member.objects.values_list("project__name", "user__username", "role"))
    assert found == {("shop", "bob", "owner"), ("shop", "ada", "admin"), ("bank", "ada", "owner")}
