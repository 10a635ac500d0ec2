"""Logging in by a provider of identities: who is let in, and what is not believed."""

from __future__ import annotations

import hmac
import json
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import time_machine
from django.test import Client
from joserfc import jwt
from joserfc.jwk import RSAKey

from agentscope.accounts import identities
from agentscope.accounts import provider as provider_module
from agentscope.accounts.invitations import invite, revoke
from agentscope.accounts.models import Identity, Login
from agentscope.projects.changes import COMMAND_LINE, INSTALLATION, changes_of
from agentscope.projects.members import role_of
from agentscope.projects.models import Project, User
from agentscope.projects.roles import Role
from tests.kit.provider import CLIENT, SECRET, base64, new_key, running_provider, unsigned

ANN = "ann@example.com"
ANSWER = "/login/provider/answer/"


@pytest.fixture(scope="module")
def its_server():
    with running_provider() as found:
        yield found


@pytest.fixture
def provider(its_server, settings, production, db, monkeypatch):

    its_server.person = {"sub": "sub-1", "email": ANN, "email_verified": True}
    its_server.told, its_server.wrong, its_server.sign = {}, {}, its_server.signed
    its_server.published = [its_server.key]

    monkeypatch.setattr(provider_module, "_kept", {})
    settings.AGENTSCOPE_OIDC_ISSUER = its_server.issuer
    settings.AGENTSCOPE_OIDC_CLIENT_ID = CLIENT
    settings.AGENTSCOPE_OIDC_CLIENT_SECRET = SECRET
    settings.AGENTSCOPE_OIDC_NAME = "Keycloak"
    settings.AGENTSCOPE_OIDC_DOMAINS = ["example.com"]
    settings.AGENTSCOPE_PUBLIC_URL = "https://scope.example.com"
    return its_server


def asked(client, to=""):
    """What the browser is sent to the provider with."""
    answer = client.get("/login/provider/", {"next": to})
    return dict(parse_qsl(urlsplit(answer["Location"]).query))


def come_back(client, provider, to="", **other):
    """Log in there, and follow the way back."""
    back = urlsplit(provider.authorize(asked(client, to)))
    said = {name: value[0] for name, value in parse_qs(back.query).items()} | other
    return client.get(ANSWER, {name: value for name, value in said.items() if value is not None})


def is_in(client):
    return client.get("/account/").status_code == 200


def test_a_login_by_the_code_flow(client, provider):
    assert "Log in by Keycloak" in client.get("/login/").text
    sent = asked(client)
    assert (sent["response_type"], sent["client_id"]) == ("code", CLIENT)
    assert sent["redirect_uri"] == f"https://scope.example.com{ANSWER}"
    assert sent["code_challenge_method"] == "S256"
    assert {len(sent[name]) > 30 for name in ("state", "nonce", "code_challenge")} == {True}
    answer = come_back(client, provider, "/account/")
    assert answer["Location"] == "/account/"
    assert is_in(client)
    user = User.objects.get()
    assert (user.username, user.email, user.has_usable_password()) == ("ann", ANN, False)
    assert Login.objects.get().by == "provider"
    said = [change.what for change in changes_of(INSTALLATION, None, 9)]
    assert said == [
        "Logged in by the provider of identities",
        "Logs in by Keycloak from now on",
    ]


def test_the_session_is_another_one(client, provider):
    asked(client)
    before = client.cookies["sessionid"].value
    come_back(client, provider)
    assert client.cookies["sessionid"].value != before
    thief = Client()
    thief.cookies["sessionid"] = before
    assert not is_in(thief)


def test_who_was_here_is_known_by_the_subject_not_by_the_address(client, provider):
    come_back(client, provider)
    client.post("/logout/")
    provider.person["email"] = "another@elsewhere.com"
    come_back(client, provider)
    assert is_in(client)
    assert User.objects.count() == 1


def test_another_subject_with_a_changed_address_is_another_person(client, provider):
    come_back(client, provider)
    provider.person = {"sub": "sub-2", "email": "bob@example.com", "email_verified": True}
    come_back(Client(), provider)
    assert [user.username for user in User.objects.order_by("pk")] == ["ann", "bob"]


@pytest.mark.parametrize("is_verified", [False, None, "true", 1, "yes"])
def test_an_address_that_is_not_verified_is_nobodys(client, provider, alice, is_verified):
    alice.email = ANN
    alice.save()
    provider.person["email_verified"] = is_verified
    page = come_back(client, provider)
    assert page.status_code == 403
    assert "does not say that your address is verified" in page.text
    assert not is_in(client)
    assert not Identity.objects.exists()


def test_a_verified_address_leads_to_the_account_that_has_it(client, provider, alice):
    alice.email = ANN.upper()
    alice.save()
    come_back(client, provider)
    assert Identity.objects.get().user == alice
    assert "Logged in as alice" in client.get("/account/").text


def test_whoever_wrote_the_address_of_somebody_else_is_not_in_their_account(
    client, provider, alice
):
    """Who takes an invitation that was meant for Ann, before she comes by the provider."""
    attacker = Client()
    attacker.force_login(alice)
    alice.email = ANN
    alice.save()
    come_back(client, provider)
    assert is_in(client)
    assert not is_in(attacker)
    attacker.post("/login/", {"username": "alice", "password": "secret"})
    assert not is_in(attacker)


@pytest.mark.parametrize("letter", ["\u0131", "\u017f"])
def test_an_address_that_only_looks_alike_is_another(client, provider, alice, letter):
    plain = letter.upper().lower()
    alice.email = f"{plain}@example.com"
    alice.save()
    provider.person["email"] = f"{letter}@example.com"
    come_back(client, provider)
    assert Identity.objects.get().user != alice


def test_an_address_of_several_accounts_is_none(client, provider, alice, charlie):
    User.objects.update(email=ANN)
    assert "Several accounts have the address" in come_back(client, provider).text
    assert not Identity.objects.exists()


def test_an_account_that_is_switched_off_stays_out(client, provider, alice):
    come_back(client, provider)
    client.post("/logout/")
    User.objects.update(is_active=False)
    assert "switched off" in come_back(client, provider).text
    assert not is_in(client)


def test_who_is_invited_by_that_address_is_let_in(client, provider, project, settings):
    settings.AGENTSCOPE_OIDC_DOMAINS = []
    page = come_back(client, provider)
    assert "You are not invited yet" in page.text
    assert not User.objects.exists()
    invite(project, ANN.title(), "auditor", COMMAND_LINE, Role.OWNER)
    come_back(client, provider)
    assert User.objects.get().memberships.get().role == "auditor"


def test_who_is_invited_to_all_projects_is_not_less_in_the_one_of_the_settings(
    client, provider, project, settings
):
    settings.AGENTSCOPE_OIDC_PROJECT, settings.AGENTSCOPE_OIDC_ROLE = project.name, "viewer"
    invite(project, ANN, "admin", COMMAND_LINE, Role.OWNER, everywhere=True)
    come_back(client, provider)
    assert role_of(User.objects.get(), project) == Role.ADMIN


def test_an_invitation_that_is_taken_back_meanwhile_lets_nobody_in(
    client, provider, project, settings, monkeypatch
):
    settings.AGENTSCOPE_OIDC_DOMAINS = []
    made, _ = invite(project, ANN, "viewer", COMMAND_LINE, Role.OWNER)
    assert revoke(project, made.pk, COMMAND_LINE)
    monkeypatch.setattr(identities, "invitations_for", lambda email: [made])
    page = come_back(client, provider)
    assert (page.status_code, "That did not work. Try again." in page.text) == (403, True)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("domains", "groups", "said", "is_let_in"),
    [
        (["EXAMPLE.com"], [], {}, True),
        (["ample.com"], [], {}, False),
        (["example.com"], [], {"email": "ann@example.com.evil.org"}, False),
        ([], ["agents"], {"groups": ["x", "agents"]}, True),
        ([], ["agents"], {"groups": "agents"}, False),
        ([], ["agents"], {"groups": ["agents2"]}, False),
        ([], ["agents"], {"groups": ["agents"], "email": None}, True),
        ([], [], {"groups": []}, False),
    ],
)
def test_domains_and_groups_are_let_in(
    client, provider, settings, domains, groups, said, is_let_in
):
    settings.AGENTSCOPE_OIDC_DOMAINS, settings.AGENTSCOPE_OIDC_GROUPS = domains, groups
    settings.AGENTSCOPE_OIDC_PROJECT, settings.AGENTSCOPE_OIDC_ROLE = "shop", "operator"
    provider.person |= said
    come_back(client, provider)
    assert is_in(client) is is_let_in
    if is_let_in:
        member = User.objects.get().memberships.get()
        assert (member.project.name, member.role) == ("shop", "operator")
        (change,) = changes_of(Project.objects.get().pk, None, 9)[-1:]
        assert change.what.endswith("came by Keycloak, and is operator now")


def test_names_are_made_unique(client, provider, alice):
    provider.person["preferred_username"] = "ALICE <script>"
    come_back(client, provider)
    assert User.objects.order_by("-pk")[0].username == "ALICEscript"
    provider.person = {"sub": "2", "email": "alice@example.com", "email_verified": True}
    come_back(Client(), provider)
    assert User.objects.order_by("-pk")[0].username == "alice2"


def test_no_name_only_looks_like_that_of_another(client, provider, alice):
    provider.person["preferred_username"] = "\uff41lice"  # its first letter of full width
    come_back(client, provider)
    assert User.objects.order_by("-pk")[0].username == "alice2"


# ---- attacks ----


def refused(client, provider, **other):
    page = come_back(client, provider, **other)
    assert page.status_code == 403
    assert not is_in(client)
    assert not User.objects.exists()
    return page.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": ["another client"]},
        {"aud": [CLIENT, "another client"]},  # and nobody says for whom it was issued
        {"aud": None},
        {"azp": "another client"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"nbf": 99_000_000_000},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "a\0b"},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
    ids=str,
)
def test_claims_that_are_not_for_this_login_are_not_believed(client, provider, wrong):
    provider.wrong = wrong
    assert "does not work at the moment" in refused(client, provider)


@pytest.mark.parametrize(
    "address",
    ["a\0@example.com", "a@b.com\r\nBcc: c@d.com", "a" * 300],
    ids=ascii,
)
def test_what_no_mail_goes_to_is_no_address(client, provider, settings, address):
    settings.AGENTSCOPE_OIDC_DOMAINS = ["example.com", "d.com"]
    provider.person["email"] = address
    refused(client, provider)
    settings.AGENTSCOPE_OIDC_GROUPS = ["staff"]
    provider.person["groups"] = ["staff"]
    come_back(client, provider)
    assert User.objects.get().email == ""


def test_a_key_of_another_issuer_is_not_believed(client, provider):
    for kid in (provider.key.kid, "2"):
        key = new_key(kid)
        provider.sign = lambda claims, key=key: jwt.encode(
            {"alg": "ES256", "kid": key.kid}, claims, key
        )
        refused(client, provider)


def test_no_signature_is_not_believed(client, provider):
    provider.sign = unsigned
    refused(client, provider)


@pytest.mark.parametrize("secret", [SECRET, "public"])
def test_a_signature_that_others_could_make_is_not_believed(client, provider, secret):
    """HS256 under the client secret, and under the public key as if it were one."""
    key = secret.encode() if secret == SECRET else provider.key.as_pem(private=False)

    def signed(claims):
        head = base64(json.dumps({"alg": "HS256", "kid": provider.key.kid}).encode())
        text = f"{head}.{base64(json.dumps(claims).encode())}"
        return f"{text}.{base64(hmac.digest(key, text.encode(), 'sha256'))}"

    provider.sign = signed
    refused(client, provider)


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "....", None, 7])
def test_what_is_no_token_is_not_believed(client, provider, text):
    provider.sign = lambda claims: text
    refused(client, provider)


def test_a_token_that_was_changed_is_not_believed(client, provider):
    def changed(claims):
        head, _, signature = provider.signed(claims).split(".")
        return f"{head}.{unsigned(claims | {'sub': 'admin'}).split('.')[1]}.{signature}"

    provider.sign = changed
    refused(client, provider)


def test_an_answer_is_used_once(client, provider):
    back = dict(parse_qsl(urlsplit(provider.authorize(asked(client))).query))
    assert client.get(ANSWER, back).status_code == 302
    client.post("/logout/")
    assert "not begun here" in client.get(ANSWER, back).text
    assert not is_in(client)


def test_an_answer_that_failed_is_used_up_too(client, provider):
    back = dict(parse_qsl(urlsplit(provider.authorize(asked(client))).query))
    assert "did not let you in" in client.get(ANSWER, back | {"error": "access_denied"}).text
    assert "not begun here" in client.get(ANSWER, back).text
    assert not is_in(client)


def test_a_code_is_used_once(client, provider):
    back = dict(parse_qsl(urlsplit(provider.authorize(asked(client))).query))
    client.get(ANSWER, back)
    client.post("/logout/")
    again = back | {"state": asked(client)["state"]}
    assert client.get(ANSWER, again).status_code == 403
    assert not is_in(client)


def test_an_answer_that_somebody_else_asked_for_is_refused(client, provider):
    thief = Client()
    back = dict(parse_qsl(urlsplit(provider.authorize(asked(thief))).query))
    for state in (back["state"], "", "ä"):
        asked(client)
        assert client.get(ANSWER, back | {"state": state}).status_code == 403
    assert not is_in(client)
    assert not User.objects.exists()


def test_a_code_of_another_login_is_refused(client, provider):
    """PKCE and the nonce: a code that leaked is of no use in another session."""
    stolen = provider.authorize(asked(Client()))
    code = dict(parse_qsl(urlsplit(stolen).query))["code"]
    refused(client, provider, code=code)


def test_another_provider_that_answers_is_refused(client, provider):
    assert "Another provider answered" in refused(client, provider, iss="https://evil.example")


def test_a_login_may_not_take_for_ever(client, provider):
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        back = dict(parse_qsl(urlsplit(provider.authorize(asked(client))).query))
        clock.shift(601)
        assert "took too long" in client.get(ANSWER, back).text


def test_what_is_begun_is_bounded(client, provider):
    states = [asked(client)["state"] for _ in range(9)]
    kept = [one["asked"][0] for one in client.session["asked"]]
    assert kept == states[-5:]


@pytest.mark.parametrize("address", ["https://evil.example", "//evil.example", "javascript:x"])
def test_it_leads_nowhere_else(client, provider, address):
    assert come_back(client, provider, address)["Location"] == "/"


def test_what_the_provider_says_is_shown_escaped_and_only_if_we_asked(client, provider):
    said = {"error": "access_denied", "error_description": "<script>no"}
    text = refused(client, provider, code=None, **said)
    assert "Keycloak did not let you in: &lt;script&gt;no" in text
    assert "script&gt;no" not in client.get(ANSWER, said | {"state": "x"}).text
    assert "did not say who you are" in refused(client, provider, code=None)


# ---- the provider itself ----


@pytest.mark.parametrize(
    "told",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
    ids=str,
)
def test_a_provider_that_says_odd_things_of_itself_is_not_used(client, provider, told):
    provider.told = told
    page = client.get("/login/provider/")
    assert page.status_code == 403
    assert "does not work at the moment" in page.text


def test_a_provider_that_is_away_is_told_in_a_sentence(client, provider, settings, caplog):
    settings.AGENTSCOPE_OIDC_ISSUER = "http://127.0.0.1:1"
    page = client.get("/login/provider/")
    assert (page.status_code, "Tell who runs AgentScope" in page.text) == (403, True)
    assert "does not answer as it should" in caplog.text


def test_a_new_key_is_looked_up(client, provider):
    come_back(client, provider)
    before = provider.key
    provider.key = RSAKey.generate_key(2048, {"kid": "2", "use": "sig"})
    provider.published = [before, provider.key]
    provider.sign = lambda claims: jwt.encode(
        {"alg": "RS256", "kid": "2"}, claims, provider.key, ["RS256"]
    )
    client.post("/logout/")
    try:
        come_back(client, provider)
    finally:
        provider.key = before
    assert is_in(client)


def test_what_it_says_of_itself_is_kept_for_a_while(client, provider):
    come_back(client, provider)
    provider.asked.clear()
    client.post("/logout/")
    come_back(client, provider)
    assert provider.asked == []


def test_without_a_provider_there_is_none(client, production, db):
    assert "Log in by" not in client.get("/login/").text
    assert client.get("/login/provider/").status_code == 404
    assert client.get(ANSWER).status_code == 404


def test_who_is_logged_in_needs_no_provider(client, provider, alice):
    client.force_login(alice)
    assert client.get("/login/provider/")["Location"] == "/"
