"""The page of keys: who sees which, what is shown once, and what is never taken from a form."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from agentscope.projects.models import Key, User
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member, create_key, create_project
from tests.kit.changes import noted

KEYS = "/p/shop/settings/keys/"
SECRET = re.compile(r"as_[\w-]{43}")


@pytest.fixture
def made(project) -> Key:
    return create_key(project, Key.Scope.READ, "ci <b>", who="ada")[0]


def logged_in(client, project, role):
    user = User.objects.create_user("bob")
    add_member(project, user, role)
    client.force_login(user)
    return client


def test_the_secret_of_a_new_key_is_shown_once(client, embedded, project):
    page = client.post(KEYS, {"label": "ci", "scope": "read", "expires": "30"})
    (secret,) = SECRET.findall(page.text)
    key = Key.objects.get()
    assert (key.scope, key.label, key.created_by) == ("read", "ci", "somebody")
    assert key.expires_at - timezone.now() > timedelta(days=29)
    assert "no-store" in page["Cache-Control"]
    later = client.get(KEYS).text
    assert secret not in later
    assert f"{secret[:9]}…" in later


def test_what_a_key_is_is_said(client, embedded, project, made):
    page = client.get(KEYS).text
    assert f"ci &lt;b&gt; #{made.pk}" in page
    for words in ("read traces", "works", "never", "by ada"):
        assert words in page


def test_a_key_is_replaced_while_both_work(client, embedded, project, made):
    address = f"{KEYS}{made.pk}/rotate/"
    assert "Replace ci &lt;b&gt;" in client.get(address).text
    page = client.post(address, {"hours": "24"}).text
    assert SECRET.search(page)
    made.refresh_from_db()
    assert made.successor.label == "ci <b>"
    assert f"It takes the place of ci &lt;b&gt; #{made.pk}" in page
    assert "replaced" in client.get(KEYS).text
    assert "has a successor already" in client.post(address, {"hours": "end"}).text
    assert Key.objects.count() == 2


@pytest.mark.parametrize(
    ("left", "offered", "chosen"),
    [
        (timedelta(minutes=1), [], "end"),
        (timedelta(minutes=59), [], "end"),
        (timedelta(hours=5), ["1"], "end"),
        (timedelta(days=9), ["1", "24", "168"], "24"),
    ],
)
def test_one_that_ends_soon_is_replaced_too(client, embedded, project, made, left, offered, chosen):
    end = timezone.now() + left + timedelta(seconds=30)
    Key.objects.update(expires_at=end)
    address = f"{KEYS}{made.pk}/rotate/"
    page = client.get(address)
    assert [name for name, _ in page.context["form"].fields["hours"].choices] == [*offered, "end"]
    assert f'<option value="{chosen}" selected>' in page.text
    assert f"The old one expires at {end:%Y-%m-%d %H:%M} UTC" in page.text
    assert "until it expires" in page.text
    page = client.post(address, {"hours": "720"}).text
    assert "does not work for so long" in page
    page = client.post(address, {"hours": "end"}).text
    assert SECRET.search(page)
    assert f"which works until {end:%Y-%m-%d %H:%M} UTC" in page
    made.refresh_from_db()
    assert made.expires_at == end
    assert made.successor.expires_at is None


def test_one_without_an_end_is_offered_none(client, embedded, project, made):
    page = client.get(f"{KEYS}{made.pk}/rotate/").text
    assert "until it expires" not in page
    assert "The old one expires" not in page
    assert (
        "does not work for so long"
        in client.post(f"{KEYS}{made.pk}/rotate/", {"hours": "end"}).text
    )


def test_a_key_is_revoked(client, embedded, project, made):
    answer = client.post(f"{KEYS}{made.pk}/revoke/")
    assert answer["Location"] == f"{KEYS}?revoked=1"
    assert "Every process knows" in client.get(answer["Location"]).text
    made.refresh_from_db()
    assert made.revoked_at
    assert noted()[-1].what == f"Revoked the key {made.name}"


def test_one_that_is_over_is_not_offered_to_be_revoked(client, embedded, project, made):
    Key.objects.update(expires_at=timezone.now())
    page = client.get(KEYS).text
    assert "expired" in page
    assert "/revoke/" not in page


def test_an_auditor_sees_all_and_is_offered_nothing(client, production, project, made):
    page = logged_in(client, project, Role.AUDITOR).get(KEYS).text
    assert made.name.split(" ")[0] in page
    for offered in ("Make a key", "/rotate/", "/revoke/"):
        assert offered not in page


def test_who_may_only_send_has_keys_of_their_own(client, production, project, made):
    browser = logged_in(client, project, Role.INGEST)
    sending, _ = create_key(project, Key.Scope.INGEST, "theirs", who="ada")
    assert browser.post(KEYS, {"label": "mine", "scope": "ingest"}).status_code == 200
    page = browser.get(KEYS).text
    assert "mine #" in page
    assert "theirs" not in page
    for key in (made, sending):
        for act in ("rotate", "revoke"):
            assert browser.post(f"{KEYS}{key.pk}/{act}/", {"hours": "1"}).status_code == 404
    mine = Key.objects.get(label="mine")
    assert browser.post(f"{KEYS}{mine.pk}/revoke/").status_code == 302


@pytest.mark.parametrize("scope", ["read", "decide", "manage", "admin", "", "nonsense"])
def test_who_may_only_send_makes_no_other_key(client, production, project, scope):
    page = logged_in(client, project, Role.INGEST).post(KEYS, {"scope": scope})
    assert not Key.objects.exists()
    assert SECRET.search(page.text) is None


def test_a_form_says_nothing_but_what_it_asks(client, production, alice, project):
    other = create_project("bank")
    client.force_login(alice)
    more = {"project": other.pk, "created_by": "eve", "prefix": "as_eve", "digest": "x"}
    client.post(KEYS, {"scope": "read", "revoked_at": "2020-01-01", **more})
    key = Key.objects.get()
    assert (key.project, key.created_by, key.revoked_at) == (project, "alice", None)
    assert key.prefix != "as_eve"


@pytest.mark.parametrize("act", ["rotate", "revoke"])
def test_a_key_of_another_project_is_not_found(client, production, alice, project, act):
    theirs, _ = create_key(create_project("bank"), Key.Scope.READ)
    client.force_login(alice)
    assert client.post(f"{KEYS}{theirs.pk}/{act}/", {"hours": "1"}).status_code == 404
    theirs.refresh_from_db()
    assert (theirs.revoked_at, theirs.successor) == (None, None)
