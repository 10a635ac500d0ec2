"""A provider of identities on this machine (OpenID Connect), with keys of its own. A test says what
it answers, and what it gets wrong."""

from __future__ import annotations

import json
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet

CLIENT, SECRET = "agentscope", "of-the-client"
Claims = dict[str, Any]


def base64(text: bytes) -> str:
    return urlsafe_b64encode(text).rstrip(b"=").decode()


def new_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


def unsigned(claims: Claims) -> str:
    """A token that says that it needs no signature."""
    head = base64(json.dumps({"alg": "none", "typ": "JWT"}).encode())
    return f"{head}.{base64(json.dumps(claims).encode())}."


class Provider:
    """Logs in whoever comes, as the person that `person` says."""

    def __init__(self) -> None:
        self.person: Claims = {"sub": "sub-1", "email": "ann@example.com", "email_verified": True}
        self.key: Key = new_key("1")
        self.published = [self.key]
        self.told: Claims = {}  # in place of what it says of itself
        self.wrong: Claims = {}  # in place of claims
        self.sign: Callable[[Claims], str] = self.signed
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []  # paths
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"

    def signed(self, claims: Claims) -> str:
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key)

    def description(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        } | self.told

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        said = urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
        return f"{asked['redirect_uri']}?{said}"

    def token(self, said: dict[str, str], authorization: str) -> Claims:
        """Tokens for a code, once, if everything fits together."""
        asked = self.codes.pop(said["code"], None)
        login = b64decode(authorization.removeprefix("Basic ")).decode()
        challenge = base64(sha256(said["code_verifier"].encode()).digest())
        if (
            asked is None
            or login != f"{CLIENT}:{SECRET}"
            or said["redirect_uri"] != asked["redirect_uri"]
            or (challenge, "S256") != (asked["code_challenge"], asked["code_challenge_method"])
        ):
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300}
        claims |= {"nonce": asked["nonce"]} | self.person | self.wrong
        claims = {name: value for name, value in claims.items() if value is not None}
        return {"access_token": "t", "token_type": "Bearer", "id_token": self.sign(claims)}

    def handler(provider):  # noqa: N805 (`self` is the handler's)
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                path = urlsplit(self.path)
                provider.asked.append(path.path)
                if path.path == "/authorize":
                    self.send_response(302)
                    asked = dict(parse_qsl(path.query))
                    self.send_header("Location", provider.authorize(asked))
                    self.end_headers()
                elif path.path == "/keys":
                    self.say(KeySet(provider.published).as_dict(private=False))
                else:
                    self.say(provider.description())

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                said = {name: value[0] for name, value in parse_qs(body).items()}
                self.say(provider.token(said, self.headers.get("Authorization", "")))

            def say(self, answer: Claims) -> None:
                text = json.dumps(answer).encode()
                self.send_response(400 if "error" in answer else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


@contextmanager
def running_provider() -> Iterator[Provider]:
    """A provider that answers."""
    provider = Provider()
    thread = Thread(target=provider.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        provider.server.server_close()
        thread.join()
