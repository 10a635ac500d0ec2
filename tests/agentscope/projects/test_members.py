from importlib import import_module

import pytest
from django.apps import apps

from agentscope.projects.members import (
    people_of,
    projects_of,
    role_everywhere,
    role_of,
    roles_of,
    roles_of_each,
)
from agentscope.projects.membership import set_role, set_role_everywhere
from agentscope.projects.models import Project, User
from agentscope.projects.roles import Role
from agentscope.projects.write import create_organisation, create_project

OWNER, ADMIN, VIEWER, AUDITOR = Role.OWNER, Role.ADMIN, Role.VIEWER, Role.AUDITOR


@pytest.fixture
def ada(db):
    return User.objects.create_user("ada")


@pytest.fixture
def acme(db):
    return create_organisation("acme")


@pytest.fixture
def shop(acme):
    return create_project("shop", acme)


@pytest.fixture
def bank():
    """Of another organisation."""
    return create_project("bank", create_organisation("others"))


def test_somebody_is_what_the_project_says(ada, shop, bank):
    set_role(shop, ada, AUDITOR)
    assert (role_of(ada, shop), role_of(ada, bank)) == (AUDITOR, None)
    assert roles_of(ada) == {shop: AUDITOR}
    assert list(projects_of(ada)) == [shop]


def test_a_role_in_an_organisation_is_one_in_all_its_projects(ada, acme, shop, bank):
    set_role_everywhere(acme, ada, ADMIN)
    zoo = create_project("zoo", acme)
    assert roles_of(ada) == {shop: ADMIN, zoo: ADMIN}
    assert role_everywhere(ada, acme.pk) == ADMIN
    assert role_of(ada, bank) is None


@pytest.mark.parametrize(
    ("own", "inherited", "holds"),
    [(VIEWER, ADMIN, VIEWER), (ADMIN, VIEWER, ADMIN), (VIEWER, OWNER, OWNER), (None, None, None)],
)
def test_the_project_has_the_last_word_but_for_owners_of_the_organisation(
    ada, acme, shop, own, inherited, holds
):
    if own:
        set_role(shop, ada, own)
        set_role_everywhere(acme, ada, inherited)
    assert role_of(ada, shop) == holds
    assert roles_of(ada) == ({shop: holds} if holds else {})


def test_all_who_see_a_project(ada, acme, shop, bank, django_assert_num_queries):
    bob, eve = (User.objects.create_user(name) for name in ("bob", "eve"))
    set_role_everywhere(acme, bob, OWNER)
    set_role(shop, bob, VIEWER)
    set_role(shop, ada, AUDITOR)
    set_role(bank, eve, OWNER)
    with django_assert_num_queries(3):
        found = people_of(shop)
    assert [(each.user.username, each.own, each.inherited, each.role) for each in found] == [
        ("ada", AUDITOR, None, AUDITOR),
        ("bob", VIEWER, OWNER, OWNER),
    ]


def test_what_each_of_some_people_is_everywhere(ada, acme, shop, bank, django_assert_num_queries):
    bob, eve = (User.objects.create_user(name) for name in ("bob", "eve"))
    zoo = create_project("zoo", acme)
    set_role_everywhere(acme, bob, OWNER)
    set_role(shop, bob, VIEWER)
    set_role_everywhere(acme, ada, ADMIN)
    set_role(shop, ada, AUDITOR)
    set_role(bank, ada, VIEWER)
    with django_assert_num_queries(3):
        found = roles_of_each([ada, bob, eve])
    for user in (ada, bob, eve):
        said = {project.pk: role for project, role in roles_of(user).items()}
        assert found[user.pk] == said
    assert found[bob.pk] == {shop.pk: OWNER, zoo.pk: OWNER}
    assert (found[ada.pk][zoo.pk], found[eve.pk]) == (ADMIN, {})


def test_projects_belong_to_the_first_organisation_unless_another_is_named(acme, bank):
    assert create_project("shop").organisation == acme
    assert bank.organisation.name == "others"


def test_by_the_upgrade_all_projects_belong_to_one_organisation(shop, bank):
    import_module("agentscope.projects.migrations.0010_organisations").all_belong_to_one(apps, None)
    assert set(Project.objects.values_list("organisation__name", flat=True)) == {"default"}
