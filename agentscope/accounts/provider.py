"""A provider of identities, by OpenID Connect: the code flow with PKCE, state and nonce.

What it says of itself and its keys are kept for ten minutes; a key that is not among them is looked
up once more, for providers change keys. Signatures are verified by joserfc, claims by Authlib.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from django.conf import settings
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from agentscope.checks import is_safe

log = logging.getLogger(__name__)
WELL_KNOWN = "/.well-known/openid-configuration"
KEPT = 600.0  # seconds
PATIENCE = 10  # seconds, for each answer
LEEWAY = 60  # seconds that clocks may differ
VERIFIER_BYTES = 48  # of PKCE: 64 characters
# Signatures that only the provider can make. Never `none`, and no HS256: its key is the client
# secret, or whatever somebody passes off as one.
ALGORITHMS = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split()
ASYMMETRIC = {"RSA", "EC", "OKP"}


class Refused(Exception):
    """Somebody is not let in. The text is a sentence for them; operators find more in the log."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What we asked the provider with. Only its answer knows the state, and it is used once."""

    state: str
    nonce: str
    verifier: str


_kept: dict[str, tuple[float, dict[str, Any]]] = {}  # by address


def is_configured() -> bool:
    """Whether people can log in by a provider."""
    return bool(settings.AGENTSCOPE_OIDC_ISSUER)


def ask() -> Asked:
    """New secrets for one login."""
    return Asked(*(secrets.token_urlsafe(VERIFIER_BYTES) for _ in range(3)))


def address_to(asked: Asked, answer_at: str) -> str:
    """Where the browser goes to log in, and comes back to `answer_at` from. Raises Refused."""
    with session(answer_at) as client:
        address, _ = client.create_authorization_url(
            described()["authorization_endpoint"],
            state=asked.state,
            nonce=asked.nonce,
            code_verifier=asked.verifier,
        )
    return str(address)


def session(answer_at: str) -> Any:
    """Our side of the conversation."""
    return OAuth2Session(  # type: ignore[no-untyped-call]
        settings.AGENTSCOPE_OIDC_CLIENT_ID,
        settings.AGENTSCOPE_OIDC_CLIENT_SECRET or None,
        scope=" ".join(settings.AGENTSCOPE_OIDC_SCOPES),
        redirect_uri=answer_at,
        code_challenge_method="S256",
        token_endpoint_auth_method=auth_method(described()),
    )


def auth_method(told: Mapping[str, Any]) -> str:
    """How we show that we are this client."""
    if not settings.AGENTSCOPE_OIDC_CLIENT_SECRET:
        return "none"
    known = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return "client_secret_basic" if "client_secret_basic" in known else "client_secret_post"


def described() -> dict[str, Any]:
    """What the provider says of itself. Raises Refused."""
    issuer = settings.AGENTSCOPE_OIDC_ISSUER
    told = fetched(issuer.rstrip("/") + WELL_KNOWN)
    if told.get("issuer") != issuer:
        raise broken(f"it calls itself {told.get('issuer')!r}, not {issuer!r}")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not is_safe(str(told.get(name, ""))):
            raise broken(f"its {name} is no address by HTTPS: {told.get(name)!r}")
    return told


def fetched(address: str, *, anew: bool = False) -> dict[str, Any]:
    """The JSON object at an address of the provider, at most ten minutes old. Raises Refused."""
    until, found = _kept.get(address, (0.0, {}))
    if until > time.monotonic() and not anew:
        return found
    try:
        answer = requests.get(address, timeout=PATIENCE, allow_redirects=False)
        answer.raise_for_status()
        found = dict(answer.json())
    except (requests.RequestException, ValueError, TypeError) as error:
        raise broken(f"{address} does not answer as it should: {error}") from error
    _kept[address] = (time.monotonic() + KEPT, found)
    return found


def broken(why: str) -> Refused:
    """What to raise where the provider is to blame, or how it was set up."""
    log.warning("Login by %s: %s", settings.AGENTSCOPE_OIDC_ISSUER, why)
    name = settings.AGENTSCOPE_OIDC_NAME
    return Refused(f"The login by {name} does not work at the moment. Tell who runs AgentScope.")


def claims_for(code: str, asked: Asked, answer_at: str) -> dict[str, Any]:
    """What the provider says of who logged in there, verified. Raises Refused."""
    with session(answer_at) as client:
        try:
            token = client.fetch_token(
                described()["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=asked.verifier,
                timeout=PATIENCE,
                allow_redirects=False,
            )
        except (AuthlibBaseError, requests.RequestException, ValueError) as error:
            raise broken(f"the code was not exchanged: {error}") from error
    return verified(token.get("id_token", ""), asked.nonce, token.get("access_token", ""))


def verified(id_token: str, nonce: str, access_token: str) -> dict[str, Any]:
    """The claims of an ID token: by this issuer, for us, for this login, now. Raises Refused."""
    must_be = {"iss": settings.AGENTSCOPE_OIDC_ISSUER, "aud": settings.AGENTSCOPE_OIDC_CLIENT_ID}
    try:
        token = decoded(id_token)
        claims = CodeIDToken(
            token.claims,
            token.header,
            {name: {"essential": True, "value": value} for name, value in must_be.items()},
            {"nonce": nonce, "client_id": must_be["aud"], "access_token": access_token},
        )
        claims.validate(leeway=LEEWAY)  # type: ignore[no-untyped-call]
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise broken(f"its ID token is not good: {error!r}") from error
    subject = claims["sub"]
    if not isinstance(subject, str) or not subject or not subject.isprintable():
        raise broken(f"its ID token has no subject: {subject!r}")
    return dict(claims)


def decoded(id_token: str) -> jwt.Token:
    """A token with a good signature of one of the provider's keys. Raises JoseError, Refused."""
    try:
        return jwt.decode(id_token, keys(anew=False), ALGORITHMS)
    except (InvalidKeyIdError, BadSignatureError):
        return jwt.decode(id_token, keys(anew=True), ALGORITHMS)


def keys(*, anew: bool) -> KeySet:
    """The provider's keys for signatures. Raises Refused, JoseError."""
    told = fetched(described()["jwks_uri"], anew=anew).get("keys", [])
    usable = [each for each in told if each.get("kty") in ASYMMETRIC and each.get("use") != "enc"]
    return KeySet.import_key_set({"keys": usable})
