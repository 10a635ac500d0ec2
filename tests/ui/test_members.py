"""The page of members: roles by the project and by its organisation."""

import pytest

from agentscope.projects.members import role_everywhere, role_of
from agentscope.projects.membership import set_role, set_role_everywhere
from agentscope.projects.models import Member, User
from agentscope.projects.roles import Role
from agentscope.projects.write import create_project
from tests.kit.changes import noted

MEMBERS = "/p/shop/settings/members/"
EVERYWHERE = f"{MEMBERS}everywhere/"


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


def test_embedded_it_is_there_and_in_nobodys_way(client, embedded, project, bob):
    assert "Nobody yet" in client.get(MEMBERS).text
    assert post(client, "bob", "owner").status_code == 302
    assert post(client, "bob", "viewer", EVERYWHERE).status_code == 302


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
