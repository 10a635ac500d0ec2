"""The page of members: roles by the project and by its organisation."""

import pytest
from django.test import Client

from agentscope.accounts.logins import BY
from agentscope.projects.members import role_everywhere, role_of
from agentscope.projects.membership import set_role, set_role_everywhere
from agentscope.projects.models import Key, Member, Organisation, User
from agentscope.projects.roles import Role
from agentscope.projects.write import create_key, create_organisation, create_project
from tests.kit.changes import noted

MEMBERS = "/p/shop/settings/members/"
EVERYWHERE = f"{MEMBERS}everywhere/"
FACTOR = f"{MEMBERS}second-factor/"


@pytest.fixture
def bob(db):
    return User.objects.create_user("bob")


@pytest.fixture
def browser(client, production, alice):
    """Of the only owner."""
    client.force_login(alice)
    return client


def post(client, name, role, address=MEMBERS, **more):
    return client.post(address, {"username": name, "role": role, **more})


def test_somebody_is_added_changed_and_removed(browser, project, bob):
    answer = post(browser, "bob", "viewer")
    assert answer["Location"] == f"{MEMBERS}?saved=1"
    assert "Saved." in browser.get(answer["Location"]).text
    post(browser, "bob", "operator")
    assert role_of(bob, project) == Role.OPERATOR
    post(browser, "bob", "")
    assert role_of(bob, project) is None
    assert [(each.who, each.what) for each in noted()[-3:]] == [
        ("alice", "bob is viewer"),
        ("alice", "bob is operator"),
        ("alice", "bob is no member any more"),
    ]


def test_the_last_owner_stays(browser, alice, project):
    for role in ("viewer", ""):
        assert "would be without an owner" in post(browser, "alice", role).text
    assert role_of(alice, project) == Role.OWNER


@pytest.mark.parametrize("name", ["nobody", "", "\0"])
def test_who_has_no_account_is_not_added(browser, project, name):
    assert post(browser, name, "viewer").status_code == 200
    assert Member.objects.count() == 1


def test_no_other_role_is_taken(browser, project, bob):
    assert post(browser, "bob", "god").status_code == 200
    assert role_of(bob, project) is None


def test_an_admin_makes_no_owner_and_none_of_the_own(client, production, alice, bob, project):
    set_role(project, bob, Role.ADMIN)
    client.force_login(bob)
    page = client.get(MEMBERS).text
    assert '<option value="owner"' not in page
    assert "Role of alice" not in page
    assert post(client, "bob", "owner").status_code == 200
    assert post(client, "alice", "viewer").status_code == 403
    assert (role_of(bob, project), role_of(alice, project)) == (Role.ADMIN, Role.OWNER)


def test_an_auditor_reads_and_is_offered_nothing(client, production, alice, bob, project):
    set_role(project, bob, Role.AUDITOR)
    client.force_login(bob)
    page = client.get(MEMBERS).text
    assert "alice" in page
    assert "<select" not in page


def test_a_role_in_the_organisation_is_one_in_all_its_projects(browser, alice, bob, project):
    bank = create_project("bank")
    assert post(browser, "bob", "viewer", EVERYWHERE).status_code == 403
    set_role_everywhere(project.organisation, alice, Role.ADMIN)
    assert post(browser, "bob", "viewer", EVERYWHERE)["Location"] == f"{MEMBERS}?saved=1"
    assert role_of(bob, bank) == Role.VIEWER
    assert post(browser, "bob", "owner", EVERYWHERE).status_code == 200
    post(browser, "bob", "", EVERYWHERE)
    assert role_everywhere(bob, project.organisation_id) is None


def test_what_the_project_says_of_somebody_gives_no_say_in_the_organisation(
    client, production, bob, project
):
    set_role_everywhere(project.organisation, bob, Role.VIEWER)
    set_role(project, bob, Role.OWNER)
    client.force_login(bob)
    assert "Add to" not in client.get(MEMBERS).text
    assert post(client, "bob", "admin", EVERYWHERE).status_code == 403


def test_a_form_says_nothing_but_what_it_asks(browser, bob, project):
    bank = create_project("bank")
    post(browser, "bob", "viewer", project=bank.pk, organisation="1", is_superuser="1", by="x")
    bob.refresh_from_db()
    assert role_of(bob, bank) is None
    assert bob.is_superuser is False
    assert role_everywhere(bob, project.organisation_id) is None


def test_names_are_escaped(browser, project):
    User.objects.create_user("<b>eve</b>")
    post(browser, "<b>eve</b>", "viewer")
    page = browser.get(MEMBERS).text
    assert "&lt;b&gt;eve" in page
    assert "<b>eve" not in page


def test_embedded_it_is_out_of_the_way_and_says_why(client, embedded, project, bob):
    page = client.get(MEMBERS).text
    assert "Nobody logs in to this installation" in page
    assert "<form" not in page[page.index("<main") :]
    assert "Members" not in client.get("/p/shop/settings/").text
    for address in (MEMBERS, EVERYWHERE, FACTOR):
        assert post(client, "bob", "viewer", address, required="yes").status_code == 404
    assert role_of(bob, project) is None


class TestSecondFactor:
    @pytest.fixture
    def owner(self, browser, alice, project):
        """Alice, an owner of the organisation too, in by a code."""
        set_role_everywhere(project.organisation, alice, Role.OWNER)
        logged_in_by(browser, "code")
        return browser

    def required(self, project):
        return Organisation.objects.get(projects=project).requires_second_factor

    def test_it_is_required_and_required_no_more(self, owner, project):
        assert "default requires none" in owner.get(MEMBERS).text
        answer = owner.post(FACTOR, {"required": "yes"})
        assert "default requires one" in owner.get(answer["Location"]).text
        assert self.required(project)
        owner.post(FACTOR, {"required": "yes"})
        owner.post(FACTOR, {"required": "no"})
        assert not self.required(project)
        assert [each.what for each in noted()[-2:]] == [
            "default requires a second factor now",
            "default requires no second factor any more",
        ]

    def test_logins_by_a_password_alone_end(self, owner, project, bob):
        set_role(project, bob, Role.VIEWER)
        theirs = Client()
        theirs.force_login(bob)
        logged_in_by(theirs, "password")
        assert theirs.get("/p/shop/traces/").status_code == 200
        owner.post(FACTOR, {"required": "yes"})
        assert theirs.get("/p/shop/traces/")["Location"].startswith("/login/")
        assert owner.get("/p/shop/traces/").status_code == 200

    def test_who_logs_in_sets_one_up_first(self, owner, project, bob):
        set_role(project, bob, Role.VIEWER)
        bob.set_password("correct horse")
        bob.save()
        owner.post(FACTOR, {"required": "yes"})
        guest = Client()
        said = {"username": "bob", "password": "correct horse"}
        answer = guest.post("/login/", said)
        assert answer["Location"].startswith("/login/code/")
        assert "Set up a second factor" in guest.get(answer["Location"]).text
        assert guest.get("/p/shop/traces/").status_code == 302

    def test_a_login_by_a_provider_and_a_key_go_on(self, owner, project, bob):
        set_role(project, bob, Role.VIEWER)
        theirs = Client()
        theirs.force_login(bob)
        logged_in_by(theirs, "provider")
        secret = create_key(project, Key.Scope.READ)[1]
        owner.post(FACTOR, {"required": "yes"})
        assert theirs.get("/p/shop/traces/").status_code == 200
        shown = {"authorization": f"Bearer {secret}"}
        assert Client().get("/api/v1/traces", headers=shown).status_code == 200

    def test_members_of_another_organisation_are_left_alone(self, owner, charlie):
        elsewhere = create_organisation("elsewhere")
        charlie.memberships.update(project=create_project("theirs", elsewhere))
        theirs = Client()
        theirs.force_login(charlie)
        owner.post(FACTOR, {"required": "yes"})
        assert theirs.get("/account/").status_code == 200

    def test_who_has_none_does_not_lock_everybody_out(self, owner, project):
        logged_in_by(owner, "password")
        page = owner.post(FACTOR, {"required": "yes"}).text
        assert "You are logged in without a second factor" in page
        assert not self.required(project)

    @pytest.mark.parametrize("role", [None, Role.VIEWER, Role.OPERATOR, Role.AUDITOR])
    def test_who_manages_no_organisation_does_not_require_it(self, browser, alice, project, role):
        set_role_everywhere(project.organisation, alice, role)
        logged_in_by(browser, "code")
        assert "Require a second factor" not in browser.get(MEMBERS).text
        assert browser.post(FACTOR, {"required": "yes"}).status_code == 403
        assert not self.required(project)


def logged_in_by(client, how):
    """Have the session say how its user got in."""
    session = client.session
    session[BY] = how
    session.save()


def test_pages_tell_who_may(client, production, bob, project):
    set_role(project, bob, Role.VIEWER)
    client.force_login(bob)
    page = client.get(MEMBERS)
    assert page.status_code == 403
    assert "Only owners, admins, operators and auditors may see who changed what" in page.text
    set_role(project, bob, Role.INGEST)
    page = client.get("/p/shop/traces/")
    assert page.status_code == 403
    assert "/p/shop/settings/keys/" in page.text
