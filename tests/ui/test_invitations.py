"""Inviting, accepting, and ending the logins of members."""

from __future__ import annotations

import re

import pyotp
import pytest
from django.core import mail
from django.test import Client

from agentscope.accounts.invitations import (
    accept_as_new,
    invitation_of,
    invitations_of,
    invite,
)
from agentscope.accounts.models import Invitation
from agentscope.projects.changes import COMMAND_LINE, changes_of
from agentscope.projects.members import role_of
from agentscope.projects.membership import set_role_everywhere
from agentscope.projects.models import Member, User
from agentscope.projects.roles import Role
from agentscope.projects.write import create_project
from ui.views import invited

PAGE = "/p/shop/settings/invitations/"
KEYS = "/p/shop/settings/keys/"
ANN = "ann@example.com"
NEW = {"username": "ann", "password1": "correct horse", "password2": "correct horse"}
LINK = re.compile(r'class="link">[^<]*(/invitations/[\w-]+/)<')


@pytest.fixture
def ada(client, project, production):
    """An admin, logged in."""
    user = User.objects.create_user("ada", password="secret")
    Member.objects.create(project=project, user=user, role=Role.ADMIN)
    client.force_login(user)
    return client


@pytest.fixture
def link(ada):
    page = ada.post(PAGE, {"email": ANN, "role": "operator"})
    return LINK.search(page.text)[1]


def test_without_mail_the_link_is_shown_once(ada, link):
    page = ada.get(PAGE).text
    assert ANN in page
    assert "/invitations/" not in page.replace("/settings/invitations/", "")


def test_times_say_that_they_are_utc(ada, link):
    ada.get("/account/")
    times = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d *(\w+)?", ada.get(PAGE).text)
    assert times
    assert set(times) == {"UTC"}


def test_with_mail_it_is_sent(ada, settings):
    settings.EMAIL_HOST = "mail.example.com"
    page = ada.post(PAGE, {"email": ANN, "role": "viewer"}).text
    assert f"Sent to {ANN}." in page
    assert not LINK.search(page)
    assert mail.outbox[0].to == [ANN]


def test_what_is_wrong_is_said(ada):
    page = ada.post(PAGE, {"email": "ann", "role": "viewer"}).text
    assert "Write an address of e-mail" in page


def test_an_admin_is_offered_no_owners_and_makes_none(ada):
    assert '<option value="owner"' not in ada.get(PAGE).text
    page = ada.post(PAGE, {"email": ANN, "role": "owner"}).text
    assert "owner is not one of the available choices" in page
    assert not Invitation.objects.exists()


def test_an_invitation_makes_an_account(ada, link):
    guest = Client()
    page = guest.get(link)
    assert "ada invites you to this project" in page.text
    assert "no-store" in page["Cache-Control"]
    answer = guest.post(
        link, NEW | {"email": "eve@example.com", "is_superuser": "1", "role": "owner"}
    )
    assert answer["Location"] == "/p/shop/traces/"
    assert guest.get("/p/shop/traces/").status_code == 200
    user = User.objects.get(username="ann")
    assert (user.email, user.is_superuser, user.memberships.get().role) == (ANN, False, "operator")
    assert Client().get(link).status_code == 404
    assert "not good any more" in Client().post(link, NEW | {"username": "eve"}).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password2": "other"}, "The two password fields didn"),
        ({"password1": "short", "password2": "short"}, "This password is too short."),
        ({"password1": ANN, "password2": ANN}, "too similar to the email"),
        ({"username": "ADA"}, "already exists"),
        ({"username": ""}, "This field is required."),
    ],
)
def test_an_account_that_cannot_be_says_why(ada, link, wrong, said):
    page = Client().post(link, NEW | wrong)
    assert page.status_code == 200
    assert said in page.text
    assert User.objects.count() == 1
    assert Client().get(link).status_code == 200


def test_who_is_logged_in_joins(ada, link, charlie):
    client = Client()
    client.force_login(charlie)
    assert "Join as charlie" in client.get(link).text
    assert not Member.objects.filter(project__name="shop", user=charlie).exists()
    assert client.post(link, NEW)["Location"] == "/p/shop/traces/"
    assert client.get("/p/shop/traces/").status_code == 200
    assert not User.objects.filter(username="ann").exists()


def test_who_may_only_send_begins_with_their_keys(ada, project, charlie):
    _, token = invite(project, ANN, Role.INGEST, "ada", Role.ADMIN)
    client = Client()
    client.force_login(charlie)
    assert client.post(f"/invitations/{token}/", NEW)["Location"] == KEYS
    assert client.get(KEYS).status_code == 200
    assert client.get("/")["Location"] == KEYS


def test_who_has_an_account_logs_in_first(ada, link, charlie):
    client = Client()
    to = re.search(r'href="(/login/\?next=[^"]+)"', client.get(link).text)[1]
    said = {"username": "charlie", "password": "secret", "next": to.partition("=")[2]}
    assert client.post(to, said)["Location"] == link


def test_a_required_second_factor_comes_first(ada, link, settings):
    settings.AGENTSCOPE_REQUIRE_TOTP = True
    guest = Client()
    answer = guest.post(link, NEW)
    assert answer["Location"].startswith("/login/code/")
    assert guest.get("/p/shop/traces/").status_code == 302
    page = guest.get(answer["Location"]).text
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    guest.post(answer["Location"], {"code": pyotp.TOTP(secret).now()})
    assert guest.get("/p/shop/traces/").status_code == 200


def test_a_name_that_somebody_took_meanwhile_is_told(ada, link, monkeypatch):
    def is_late(invitation, user):
        User.objects.create_user(user.username)
        return accept_as_new(invitation, user)

    monkeypatch.setattr(invited, "accept_as_new", is_late)
    page = Client().post(link, NEW)
    assert "Somebody has that name already" in page.text
    assert invitation_of(link.split("/")[2])


def test_other_sites_accept_nothing(ada, link, charlie):
    for user in (None, charlie):
        client = Client(enforce_csrf_checks=True)
        if user:
            client.force_login(user)
        assert client.post(link, NEW).status_code == 403
    assert Member.objects.filter(project__name="shop").count() == 1


def test_it_is_taken_back(ada, link):
    number = re.search(r'name="invitation" value="(\d+)"', ada.get(PAGE).text)[1]
    for nonsense in ("", "x", "9" * 40):
        ada.post(f"{PAGE}remove/", {"invitation": nonsense})
        assert Client().get(link).status_code == 200
    answer = ada.post(f"{PAGE}remove/", {"invitation": number})
    assert "Taken back" in ada.get(answer["Location"]).text
    assert Client().get(link).status_code == 404


def test_those_of_another_project_are_neither_seen_nor_taken_back(ada, charlie):
    other = charlie.memberships.get().project
    invitation, token = invite(other, "secret@example.com", "viewer", "charlie", Role.OWNER)
    assert "secret@" not in ada.get(PAGE).text
    gone = ada.post(f"{PAGE}remove/", {"invitation": str(invitation.pk)}, follow=True)
    assert "did not wait any more" in gone.text
    assert Client().get(f"/invitations/{token}/").status_code == 200


def test_an_admin_ends_the_logins_of_a_member_only(ada, alice, charlie):
    clients = {}
    Member.objects.filter(user=alice).update(role=Role.OPERATOR)
    for user in (alice, charlie):
        clients[user] = Client()
        clients[user].force_login(user)
        clients[user].get("/account/")
    page = ada.get(PAGE).text
    assert "alice" in page
    assert "charlie" not in page
    for user in (alice, charlie):
        ada.post("/p/shop/settings/logins/end/", {"user": str(user.pk)})
    assert clients[alice].get("/account/").status_code == 302
    assert clients[charlie].get("/account/").status_code == 200


def test_an_admin_does_not_end_the_logins_of_an_owner(ada, alice):
    owner = Client()
    owner.force_login(alice)
    owner.get("/account/")
    assert "the logins of alice" not in ada.get(PAGE).text
    answer = ada.post("/p/shop/settings/logins/end/", {"user": str(alice.pk)})
    assert answer.status_code == 403
    assert owner.get("/account/").status_code == 200
    assert "the logins of alice" in owner.get(PAGE).text


def test_logins_that_open_other_projects_too_are_ended_by_who_manages_all_of_them(
    ada, alice, project
):
    Member.objects.filter(user=alice).update(role=Role.VIEWER)
    other = create_project("other", project.organisation)
    Member.objects.create(project=other, user=alice, role=Role.OWNER)
    theirs = Client()
    theirs.force_login(alice)
    theirs.get("/account/")
    page = ada.get(PAGE).text
    assert "alice also sees projects that you do not manage" in page
    assert "the logins of alice" not in page
    assert "other" not in page[page.index("Where members are") :].replace("another", "")
    end = {"user": str(alice.pk)}
    answer = ada.post("/p/shop/settings/logins/end/", end)
    assert (answer.status_code, "also sees projects" in answer.text) == (403, True)
    assert theirs.get("/account/").status_code == 200
    Member.objects.create(
        project=other, user=User.objects.get(username="ada"), role=Role.ADMIN
    )  # an admin there, where alice is an owner
    assert "alice owns a project" in ada.post("/p/shop/settings/logins/end/", end).text
    assert theirs.get("/account/").status_code == 200
    set_role_everywhere(project.organisation, User.objects.get(username="ada"), Role.OWNER)
    assert ada.post("/p/shop/settings/logins/end/", end).status_code == 302
    assert theirs.get("/account/").status_code == 302


def test_the_own_logins_are_ended_wherever_they_lead(ada):
    user = User.objects.get(username="ada")
    Member.objects.create(project=create_project("other"), user=user, role=Role.VIEWER)
    ada.get("/account/")
    assert "the logins of ada" in ada.get(PAGE).text
    ada.post("/p/shop/settings/logins/end/", {"user": str(user.pk)})
    assert ada.get("/account/").status_code == 302


def test_names_are_escaped(ada, project):
    invite(project, '"<b>"@example.com', "viewer", "<script>eve", Role.OWNER)
    page = ada.get(PAGE).text
    assert "<b>" not in page
    assert "<script>eve" not in page


def test_where_nobody_logs_in_nobody_is_invited(client, embedded, project):
    page = client.get(PAGE)
    assert "Nobody logs in" in page.text
    assert "<form" not in page.text[page.text.index("<main") :]
    assert client.post(PAGE, {"email": ANN, "role": "viewer"}).status_code == 404
    assert client.get("/invitations/x/").status_code == 404
    assert "Invitations" not in client.get("/p/shop/settings/").text


class TestEverywhere:
    @pytest.fixture
    def bank(self, project):
        return create_project("bank", project.organisation)

    @pytest.fixture
    def of_organisation(self, ada, project, bank):
        """Ada as an admin of the organisation."""
        user = User.objects.get(username="ada")
        set_role_everywhere(project.organisation, user, Role.ADMIN)
        return ada

    def test_who_is_invited_to_all_projects_sees_them(self, of_organisation, project, bank):
        said = {"email": ANN, "role": "operator", "everywhere": "on"}
        page = of_organisation.post(PAGE, said).text
        assert f"in all projects of {project.organisation.name}" in page
        guest = Client()
        link = LINK.search(page)[1]
        assert "invites you to all its projects" in guest.get(link).text
        guest.post(link, NEW)
        user = User.objects.get(username="ann")
        assert role_of(user, bank) == role_of(user, project) == Role.OPERATOR
        for each in (project, bank):
            told = changes_of(each.pk, None, 2)[1].what
            assert told == (
                f"ann accepted the invitation of {ANN}, and is operator now "
                f"in all projects of {project.organisation.name}"
            )
        listed = of_organisation.get("/p/bank/settings/invitations/").text
        assert '<td data-label="Role">operator</td>' in listed

    def test_an_admin_of_the_project_alone_has_no_say(self, ada, project):
        page = ada.get(PAGE).text
        assert "In all projects of" not in page
        ada.post(PAGE, {"email": ANN, "role": "viewer", "everywhere": "on"})
        assert [each.everywhere for each in invitations_of(project)] == [False]
        theirs, token = invite(
            project, "bob@example.com", "viewer", COMMAND_LINE, Role.ADMIN, everywhere=True
        )
        assert f'name="invitation" value="{theirs.pk}"' not in ada.get(PAGE).text
        answer = ada.post(f"{PAGE}remove/", {"invitation": str(theirs.pk)})
        assert answer.status_code == 403
        assert invitation_of(token)

    def test_another_project_of_the_organisation_lists_it_and_takes_it_back(
        self, of_organisation, project, bank
    ):
        made, token = invite(project, ANN, "viewer", "x", Role.ADMIN, everywhere=True)
        page = "/p/bank/settings/invitations/"
        assert ANN in of_organisation.get(page).text
        of_organisation.post(f"{page}remove/", {"invitation": str(made.pk)})
        assert invitation_of(token) is None

    def test_logins_of_members_of_the_organisation_are_listed_and_ended(
        self, of_organisation, project, charlie
    ):
        ada = of_organisation
        Member.objects.filter(user=charlie).update(role=Role.VIEWER)
        set_role_everywhere(project.organisation, charlie, Role.VIEWER)
        theirs = Client()
        theirs.force_login(charlie)
        theirs.get("/account/")
        assert "the logins of charlie" in ada.get(PAGE).text
        ada.post("/p/shop/settings/logins/end/", {"user": str(charlie.pk)})
        assert theirs.get("/account/").status_code == 302
