import pytest

from agentscope.projects.members import role_of
from agentscope.projects.membership import set_role, set_role_everywhere
from agentscope.projects.models import User
from agentscope.projects.owners import LastOwner
from agentscope.projects.roles import NotAllowed, Role
from agentscope.projects.write import add_member, create_organisation, create_project
from tests.kit.changes import noted, the_change

OWNER, ADMIN, VIEWER = Role.OWNER, Role.ADMIN, Role.VIEWER


@pytest.fixture
def acme(db):
    return create_organisation("acme")


@pytest.fixture
def shop(acme):
    return create_project("shop", acme)


@pytest.fixture
def ada(shop):
    """The only owner."""
    user = User.objects.create_user("ada")
    set_role(shop, user, OWNER)
    return user


@pytest.fixture
def bob(shop):
    return User.objects.create_user("bob")


def told(count):
    """The last sentences of the ledgers, the oldest first."""
    return [change.what for change in noted()][-count:]


def test_what_changes_is_told(shop, ada, bob):
    assert set_role(shop, bob, VIEWER, "ada") is True
    assert set_role(shop, bob, VIEWER, "ada") is False
    assert set_role(shop, bob, ADMIN, "ada") is True
    assert set_role(shop, bob, None, "ada") is True
    assert set_role(shop, bob, None, "ada") is False
    assert told(3) == ["bob is viewer", "bob is admin", "bob is no member any more"]
    last = noted()[-1]
    assert last.who == "ada"
    assert last.details == {"user": "bob", "before": "admin", "after": None}


def test_the_last_owner_stays(shop, ada, bob):
    for change in (lambda: set_role(shop, ada, ADMIN), lambda: set_role(shop, ada, None)):
        with pytest.raises(LastOwner, match="shop would be without an owner"):
            change()
    assert role_of(ada, shop) == OWNER
    set_role(shop, bob, OWNER)
    set_role(shop, ada, None)
    assert role_of(ada, shop) is None


def test_an_owner_of_the_organisation_is_one_of_the_project(acme, shop, ada, bob):
    set_role_everywhere(acme, bob, OWNER)
    set_role(shop, ada, None)
    for role in (None, ADMIN):
        with pytest.raises(LastOwner):
            set_role_everywhere(acme, bob, role)
    assert role_of(bob, shop) == OWNER


def test_only_owners_make_and_unmake_owners(shop, ada, bob):
    for change in (
        lambda: set_role(shop, bob, OWNER, "eve", by=ADMIN),
        lambda: set_role(shop, ada, VIEWER, "eve", by=ADMIN),
        lambda: set_role(shop, ada, None, "eve", by=ADMIN),
        lambda: set_role(shop, bob, VIEWER, "eve", by=Role.OPERATOR),
    ):
        with pytest.raises(NotAllowed):
            change()
    assert (role_of(ada, shop), role_of(bob, shop)) == (OWNER, None)
    assert set_role(shop, bob, ADMIN, "eve", by=ADMIN)


def test_a_role_in_an_organisation_is_told_in_each_project(acme, shop, bob):
    create_project("zoo", acme)
    set_role_everywhere(acme, bob, VIEWER, "ada")
    assert told(2) == ["bob is viewer in all projects of acme"] * 2
    with pytest.raises(NotAllowed):
        set_role_everywhere(acme, bob, OWNER, "eve", by=ADMIN)
    assert set_role_everywhere(acme, bob, None, "ada") is True
    assert set_role_everywhere(acme, bob, None, "ada") is False
    assert told(2) == ["bob is no member any more in all projects of acme"] * 2


def test_who_is_added_again_stays_what_they_are(shop, bob):
    add_member(shop, bob, ADMIN)
    assert add_member(shop, bob).role == ADMIN


def test_a_new_organisation_is_told_once(db):
    assert create_organisation("acme", "ada") == create_organisation("acme", "bob")
    assert (the_change().who, the_change().what) == ("ada", "Made the organisation acme")
