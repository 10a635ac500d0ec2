"""Members and invitations by machine: read, changed and made by those who may."""

import pytest
from django.core import mail
from django.test import Client

from agentscope.accounts.invitations import invitation_of, invite
from agentscope.accounts.models import Invitation
from agentscope.projects.changes import COMMAND_LINE
from agentscope.projects.members import role_of
from agentscope.projects.membership import set_role, set_role_everywhere
from agentscope.projects.models import Key, Member, User
from agentscope.projects.roles import Role
from agentscope.projects.write import create_key, create_project
from tests.kit.changes import noted

MEMBERS, INVITATIONS, JSON = "/api/v1/members", "/api/v1/invitations", "application/json"
ANN = "ann@example.com"


@pytest.fixture(autouse=True)
def _production(settings):
    settings.AGENTSCOPE_EMBEDDED = False


@pytest.fixture
def alice(shop):
    """The only owner."""
    user = User.objects.create_user("alice")
    set_role(shop, user, Role.OWNER)
    return user


@pytest.fixture
def bob(shop):
    """Somebody without a role."""
    return User.objects.create_user("bob")


@pytest.fixture
def admin(shop):
    """A program with a key of the scope admin."""
    secret = create_key(shop, Key.Scope.ADMIN, "admin")[1]
    return Client(headers={"host": "localhost", "authorization": f"Bearer {secret}"})


def browser(user: User) -> Client:
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def message(answer) -> str:
    found: str = answer.json()["error"]["message"]
    return found


def test_a_member_is_made_changed_and_removed(shop, alice, bob, admin):
    made = admin.put(f"{MEMBERS}/bob", {"role": "viewer"}, JSON)
    assert made.json() == {
        "user": "bob",
        "role": "viewer",
        "by_project": "viewer",
        "by_organisation": None,
    }
    assert admin.put(f"{MEMBERS}/bob", {"role": "operator"}, JSON).json()["role"] == "operator"
    assert admin.get(f"{MEMBERS}/bob").json()["role"] == "operator"
    listed = admin.get(MEMBERS).json()
    assert ([each["user"] for each in listed["members"]], listed["total"]) == (["alice", "bob"], 2)
    assert admin.delete(f"{MEMBERS}/bob").status_code == 204
    assert role_of(bob, shop) is None
    assert admin.delete(f"{MEMBERS}/bob").status_code == 404
    told = [each.what for each in noted()[-3:]]
    assert told == ["bob is viewer", "bob is operator", "bob is no member any more"]
    assert noted()[-1].who.startswith("key as_")


def test_a_table_of_members(alice, admin):
    table = admin.get(f"{MEMBERS}?format=csv")
    text = b"".join(table.streaming_content).decode()
    assert text.splitlines() == ["user,role,by_project,by_organisation", "alice,owner,owner,"]


def test_what_the_organisation_says_stays(shop, alice, bob, admin):
    set_role_everywhere(shop.organisation, bob, Role.VIEWER)
    answer = admin.delete(f"{MEMBERS}/bob")
    assert (answer.status_code, message(answer)) == (
        404,
        "That is a member of the organisation, not of the project itself.",
    )
    admin.put(f"{MEMBERS}/bob", {"role": "operator"}, JSON)
    assert admin.get(f"{MEMBERS}/bob").json()["by_organisation"] == "viewer"
    assert admin.delete(f"{MEMBERS}/bob").status_code == 204
    assert role_of(bob, shop) == Role.VIEWER


def test_no_key_makes_an_owner_or_unmakes_one(shop, alice, bob, admin):
    for answer in (
        admin.put(f"{MEMBERS}/bob", {"role": "owner"}, JSON),
        admin.put(f"{MEMBERS}/alice", {"role": "viewer"}, JSON),
        admin.delete(f"{MEMBERS}/alice"),
        admin.post(INVITATIONS, {"email": ANN, "role": "owner"}, JSON),
    ):
        assert answer.status_code == 403
        assert (
            message(answer)
            == "Only owners may make owners, or owners something else; you are an admin."
        )
    assert (role_of(alice, shop), role_of(bob, shop)) == (Role.OWNER, None)


def test_the_last_owner_stays(shop, alice):
    answer = browser(alice).put(f"{MEMBERS}/alice", {"role": "admin"}, JSON)
    assert (answer.status_code, message(answer)) == (
        400,
        "role: shop would be without an owner who can log in: make somebody else one first.",
    )


@pytest.mark.parametrize(
    ("name", "said", "status"),
    [
        ("nobody", {"role": "viewer"}, 404),
        ("bob", {"role": "god"}, 400),
        ("bob", {}, 400),
        ("bob", {"role": "viewer", "is_superuser": True}, 400),
        ("bob", {"role": "viewer", "project": "bank"}, 400),
        ("%00", {"role": "viewer"}, 404),
        ("bob/and/others", {"role": "viewer"}, 404),
    ],
)
def test_what_cannot_be_is_said(shop, alice, bob, admin, name, said, status):
    assert admin.put(f"{MEMBERS}/{name}", said, JSON).status_code == status
    assert Member.objects.count() == 1


def test_an_account_that_was_switched_off_becomes_no_member(shop, bob, admin):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    answer = admin.put(f"{MEMBERS}/bob", {"role": "viewer"}, JSON)
    assert (answer.status_code, message(answer)[:24]) == (404, "There is no account of t")


def test_of_another_project_nothing_is_found(shop, alice, bob, admin):
    bank = create_project("bank")
    set_role(bank, bob, Role.VIEWER)
    invitation, token = invite(bank, ANN, Role.VIEWER, COMMAND_LINE, Role.ADMIN)
    for address in (f"{MEMBERS}/bob", f"{INVITATIONS}/{invitation.pk}"):
        assert admin.get(address).status_code == 404
        assert admin.delete(address).status_code == 404
    assert role_of(bob, bank) == Role.VIEWER
    assert invitation_of(token)


def test_an_invitation_is_made_and_taken_back(shop, admin):
    answer = admin.post(INVITATIONS, {"email": ANN, "role": "operator"}, JSON)
    assert answer.status_code == 201
    made = answer.json()
    token = made["link"].rstrip("/").rpartition("/")[2]
    assert invitation_of(token).email == ANN
    assert made["not_sent"] == "This installation sends no mail"
    listed = admin.get(INVITATIONS).json()
    assert (listed["total"], listed["invitations"][0]["email"]) == (1, ANN)
    assert token not in str(listed)
    one = f"{INVITATIONS}/{made['id']}"
    assert admin.get(one).json()["role"] == "operator"
    assert admin.delete(one).status_code == 204
    assert invitation_of(token) is None
    assert admin.get(one).status_code == admin.delete(one).status_code == 404


def test_the_link_is_not_told_where_it_is_mailed(shop, admin, settings):
    settings.EMAIL_HOST = "mail.example.com"
    made = admin.post(INVITATIONS, {"email": ANN, "role": "viewer"}, JSON).json()
    assert (made["link"], made["not_sent"]) == ("", "")
    assert mail.outbox[0].to == [ANN]


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ({"email": "ann", "role": "viewer"}, "email"),
        ({"role": "viewer"}, "email"),
        ({"email": ANN, "role": "god"}, "role"),
        ({"email": ANN}, "role"),
        ({"email": ANN, "role": "viewer", "everywhere": True}, "everywhere"),
    ],
)
def test_what_is_wrong_with_an_invitation_is_named(shop, admin, said, part):
    answer = admin.post(INVITATIONS, said, JSON)
    assert answer.status_code == 400
    assert message(answer).startswith(f"{part}: ")
    assert not Invitation.objects.exists()


def test_a_key_takes_back_nothing_of_the_organisation(shop, admin):
    invitation, token = invite(shop, ANN, Role.VIEWER, COMMAND_LINE, Role.ADMIN, everywhere=True)
    assert admin.get(INVITATIONS).json()["invitations"][0]["everywhere"] is True
    answer = admin.delete(f"{INVITATIONS}/{invitation.pk}")
    assert answer.status_code == 403
    assert message(answer).startswith("Only members of the organisation may take back")
    assert invitation_of(token)


@pytest.mark.parametrize("scope", [each for each in Key.Scope if each != Key.Scope.ADMIN])
def test_no_other_key_reads_or_changes_members(shop, bob, scope):
    secret = create_key(shop, scope)[1]
    client = Client(headers={"host": "localhost", "authorization": f"Bearer {secret}"})
    for address in (MEMBERS, INVITATIONS):
        assert client.get(address).status_code == 403
    assert client.put(f"{MEMBERS}/bob", {"role": "viewer"}, JSON).status_code == 403
    assert not Member.objects.exists()


def test_an_auditor_reads_who_is_a_member_and_changes_nothing(shop, alice, bob):
    set_role(shop, bob, Role.AUDITOR)
    client = browser(bob)
    assert client.get(MEMBERS).json()["total"] == 2
    assert client.put(f"{MEMBERS}/bob", {"role": "admin"}, JSON).status_code == 403
    assert client.get(INVITATIONS).status_code == 403
    assert role_of(bob, shop) == Role.AUDITOR


def test_embedded_nobody_is_invited(shop, settings):
    settings.AGENTSCOPE_EMBEDDED = True
    client = Client(headers={"host": "localhost", "x-agentscope-project": "shop"})
    assert client.get(INVITATIONS).json()["total"] == 0
    answer = client.post(INVITATIONS, {"email": ANN, "role": "viewer"}, JSON)
    assert (answer.status_code, message(answer)[:24]) == (400, "Nobody logs in to this i")


class TestLogins:
    @pytest.fixture
    def logged_in(self, shop, bob):
        """Bob, a viewer, in his browser."""
        set_role(shop, bob, Role.VIEWER)
        found = browser(bob)
        found.get("/account/")
        return found

    def test_a_key_ends_those_that_open_its_project_alone(self, admin, alice, logged_in):
        assert admin.delete(f"{MEMBERS}/bob/logins").status_code == 204
        assert logged_in.get("/account/").status_code == 302
        assert noted()[-1].what == "Ended 1 login of bob"
        assert noted()[-1].who.startswith("key as_")

    def test_it_does_not_end_those_that_open_others(self, admin, bob, logged_in):
        set_role(create_project("bank"), bob, Role.VIEWER)
        answer = admin.delete(f"{MEMBERS}/bob/logins")
        assert answer.status_code == 403
        assert message(answer).startswith("bob also sees projects that you do not manage.")
        assert logged_in.get("/account/").status_code == 200

    def test_it_does_not_end_those_of_owners(self, admin, alice):
        owner = browser(alice)
        owner.get("/account/")
        answer = admin.delete(f"{MEMBERS}/alice/logins")
        assert (answer.status_code, "only its owners" in message(answer)) == (403, True)
        assert owner.get("/account/").status_code == 200

    def test_a_key_beside_a_session_is_the_key(self, shop, admin, alice, bob, logged_in):
        bank = create_project("bank", shop.organisation)
        set_role(bank, bob, Role.VIEWER)
        set_role(bank, alice, Role.OWNER)
        admin.force_login(alice)
        assert admin.delete(f"{MEMBERS}/bob/logins").status_code == 403
        assert logged_in.get("/account/").status_code == 200

    def test_of_strangers_nothing_is_known(self, admin, bob):
        assert admin.delete(f"{MEMBERS}/bob/logins").status_code == 404
