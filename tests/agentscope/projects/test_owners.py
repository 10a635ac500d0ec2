"""Whatever becomes of members and accounts, somebody owns each project and can log in."""

from __future__ import annotations

import pytest
from django.db import transaction

from agentscope.projects.members import people_of
from agentscope.projects.membership import set_role, set_role_everywhere
from agentscope.projects.models import User
from agentscope.projects.owners import LastOwner
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member, create_organisation, create_project
from tests.kit.changes import noted

OWNER, ADMIN = Role.OWNER, Role.ADMIN


@pytest.fixture
def shop(db):
    return create_project("shop", create_organisation("acme"))


@pytest.fixture
def ada(shop):
    """An owner."""
    user = User.objects.create_user("ada")
    set_role(shop, user, OWNER)
    return user


def switched_off(user, **more):
    user.is_active = False
    user.save(**more)


WAYS = {  # by which an owner is one no longer
    "removed": lambda shop, ada: set_role(shop, ada, None, "bob"),
    "left": lambda shop, ada: set_role(shop, ada, None, "ada"),
    "demoted": lambda shop, ada: set_role(shop, ada, ADMIN, "bob"),
    "switched off": lambda shop, ada: switched_off(ada),
    "switched off by that alone": lambda shop, ada: switched_off(ada, update_fields=["is_active"]),
    "deleted": lambda shop, ada: ada.delete(),
    "deleted among others": lambda shop, ada: User.objects.filter(username="ada").delete(),
}


def nobody(shop):
    """Nobody else is there."""


def one_who_was_switched_off(shop):
    bob = User.objects.create_user("bob", is_active=False)
    set_role(shop, bob, OWNER)


def one_everywhere_who_was_switched_off(shop):
    bob = User.objects.create_user("bob", is_active=False)
    set_role_everywhere(shop.organisation, bob, OWNER)


def an_admin(shop):
    add_member(shop, User.objects.create_user("bob"), ADMIN)


def another(shop):
    add_member(shop, User.objects.create_user("bob"), OWNER)


def another_everywhere(shop):
    set_role_everywhere(shop.organisation, User.objects.create_user("bob"), OWNER)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "beside",
    [nobody, an_admin, one_who_was_switched_off, one_everywhere_who_was_switched_off],
    ids=lambda each: each.__name__,
)
def test_the_last_owner_who_can_log_in_stays(shop, ada, beside, way):
    beside(shop)
    before = len(noted())
    refused = pytest.raises(LastOwner, match="shop would be without an owner who can log in")
    with refused, transaction.atomic():
        WAYS[way](shop, ada)
    (found,) = (each for each in people_of(shop) if each.user.username == "ada")
    assert (found.role, found.user.is_active) == (OWNER, True)
    assert len(noted()) == before


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "beside", [another, another_everywhere], ids=["in_the_project", "everywhere"]
)
def test_any_other_owner_goes(shop, ada, beside, way):
    beside(shop)
    WAYS[way](shop, ada)
    here = {each.user.username: each for each in people_of(shop)}
    assert here["bob"].role == OWNER
    gone = here.get("ada")
    assert gone is None or gone.role != OWNER or not gone.user.is_active


@pytest.mark.parametrize("role", [None, ADMIN])
def test_nor_goes_who_owns_all_of_an_organisation(shop, role):
    ada = User.objects.create_user("ada")
    set_role_everywhere(shop.organisation, ada, OWNER)
    one_who_was_switched_off(shop)
    with pytest.raises(LastOwner):
        set_role_everywhere(shop.organisation, ada, role)
    with pytest.raises(LastOwner):
        switched_off(ada)


def test_who_owns_nothing_or_was_switched_off_before_is_let_go(shop, ada):
    another(shop)
    switched_off(ada)
    ada.first_name = "Ada"
    ada.save()
    User.objects.filter(username="bob").update(is_active=False)
    ada.delete()
    an_admin_of_nothing = User.objects.create_user("cleo")
    switched_off(an_admin_of_nothing)
    an_admin_of_nothing.delete()
    assert set(User.objects.values_list("username", flat=True)) == {"bob"}
