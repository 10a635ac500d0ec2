"""Two who change who is what at once."""

from __future__ import annotations

import pytest

from agentscope.accounts.invitations import Gone, accept, invite, revoke
from agentscope.projects.members import people_of, role_of
from agentscope.projects.membership import set_role, set_role_everywhere
from agentscope.projects.models import User
from agentscope.projects.owners import LastOwner
from agentscope.projects.roles import Role
from agentscope.projects.write import create_organisation, create_project
from tests.agentscope.at_once import at_once
from tests.kit.changes import noted

pytestmark = pytest.mark.django_db(transaction=True)
OWNER, ADMIN, VIEWER = Role.OWNER, Role.ADMIN, Role.VIEWER


@pytest.fixture
def shop():
    return create_project("shop", create_organisation("acme"))


@pytest.fixture
def ann(shop):
    return owner(shop, "ann")


@pytest.fixture
def bob(shop):
    return owner(shop, "bob")


def owner(shop, name):
    user = User.objects.create_user(name)
    set_role(shop, user, OWNER)
    return user


def switched_off(user):
    user.is_active = False
    user.save()


ENDS = {
    "demoted": lambda shop, user: set_role(shop, user, ADMIN),
    "removed": lambda shop, user: set_role(shop, user, None),
    "deleted": lambda shop, user: user.delete(),
}


@pytest.mark.parametrize("second", [*ENDS, "switched off"])
@pytest.mark.parametrize("first", ENDS)
def test_of_two_owners_one_stays(shop, ann, bob, first, second):
    ways = ENDS | {"switched off": lambda _, user: switched_off(user)}
    found = at_once(lambda: ENDS[first](shop, ann), lambda: ways[second](shop, bob))
    assert isinstance(found, LastOwner)
    (left,) = (each.user for each in people_of(shop) if each.role == OWNER)
    assert (left.username, left.is_active) == ("bob", True)


def test_one_goes_here_and_one_everywhere(shop, ann):
    bob = User.objects.create_user("bob")
    set_role_everywhere(shop.organisation, bob, OWNER)
    found = at_once(
        lambda: set_role_everywhere(shop.organisation, bob, VIEWER),
        lambda: set_role(shop, ann, None),
    )
    assert isinstance(found, LastOwner)


def test_two_who_change_one_member_are_told_one_after_the_other(shop, ann):
    eve = User.objects.create_user("eve")
    set_role(shop, eve, VIEWER, "ann")
    assert at_once(
        lambda: set_role(shop, eve, ADMIN, "ann"), lambda: set_role(shop, eve, None, "bob")
    )
    told = [(each.who, each.details["before"], each.details["after"]) for each in noted()[-2:]]
    assert told == [("ann", "viewer", "admin"), ("bob", "admin", None)]
    assert role_of(eve, shop) is None


def test_the_same_change_is_told_once(shop, ann):
    eve = User.objects.create_user("eve")
    before = len(noted())
    found = at_once(lambda: set_role(shop, eve, ADMIN), lambda: set_role(shop, eve, ADMIN))
    assert found is False
    assert len(noted()) == before + 1


def test_an_invitation_is_taken_back_or_accepted(shop, ann):
    eve = User.objects.create_user("eve")
    one, _ = invite(shop, "eve@example.com", VIEWER, "ann", OWNER)
    found = at_once(lambda: revoke(shop, one.pk, "ann"), lambda: accept(one, eve))
    assert isinstance(found, Gone)
    assert role_of(eve, shop) is None
    two, _ = invite(shop, "eve@example.com", VIEWER, "ann", OWNER)
    assert at_once(lambda: accept(two, eve), lambda: revoke(shop, two.pk, "ann")) is False
    assert role_of(eve, shop) == VIEWER


def test_two_who_accept_one_invitation_are_not_both_let_in(shop, ann):
    eve, joe = (User.objects.create_user(name) for name in ("eve", "joe"))
    one, _ = invite(shop, "eve@example.com", VIEWER, "ann", OWNER)
    assert isinstance(at_once(lambda: accept(one, eve), lambda: accept(one, joe)), Gone)
    assert (role_of(eve, shop), role_of(joe, shop)) == (VIEWER, None)


def test_of_two_invitations_of_one_address_one_waits(shop, ann):
    def ask():
        return invite(shop, "eve@example.com", VIEWER, "ann", OWNER)[0]

    later = at_once(ask, ask)
    assert [each.pk for each in type(later).objects.filter(revoked_at=None)] == [later.pk]
