"""What has to be set in production, asked when a process starts: a sentence and a hint for each.

Embedded, the supervisor sets all of it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, run_checks
from django.http.request import validate_host

from agentscope.environment import BadSetting, env_secret

SETTINGS = "agentscope"  # the tag of these checks
LEAST_KEY = 50  # characters
LOOPBACK = ["localhost", "127.0.0.1", "[::1]", "::1"]


def check_settings(**_: Any) -> list[CheckMessage]:
    """What is missing or dangerous in the settings."""
    return embedded() if settings.AGENTSCOPE_EMBEDDED else [*missing(), *unwise()]


def missing() -> list[CheckMessage]:
    """Without these nothing works in production."""
    needed = {
        "E001": ("AGENTSCOPE_SECRET_KEY", secret_key(), "Make one: `openssl rand -hex 32`."),
        "E002": (
            "DATABASE_URL",
            env_secret("DATABASE_URL", ""),
            "Write postgresql://USER:PASSWORD@HOST:5432/NAME, or `make run` on this machine.",
        ),
        "E003": (
            "BROKER_URL",
            settings.BROKER_URL,
            "Write redis://HOST:6379/0. Without a broker no worker stores what was sent.",
        ),
    }
    return [
        Error(f"{name} is not set.", hint=hint, id=f"{SETTINGS}.{number}")
        for number, (name, value, hint) in needed.items()
        if not value
    ]


def unwise() -> list[CheckMessage]:
    """These work, but probably not as meant."""
    found: list[CheckMessage] = []
    if 0 < len(secret_key()) < LEAST_KEY:
        found.append(
            Warning(
                f"AGENTSCOPE_SECRET_KEY has less than {LEAST_KEY} characters.",
                hint="Who guesses it can forge logins. Make one: `openssl rand -hex 32`.",
                id=f"{SETTINGS}.W001",
            )
        )
    if not foreign_names():
        found.append(
            Warning(
                "AGENTSCOPE_ALLOWED_HOSTS has no name under which other machines reach us.",
                hint="Add the name that browsers and senders use: agentscope.example.com.",
                id=f"{SETTINGS}.W002",
            )
        )
    return [*found, *of_messages(), *of_logins()]


def of_logins() -> list[CheckMessage]:
    """What keeps people from logging in by a provider of identities."""
    issuer = settings.AGENTSCOPE_OIDC_ISSUER
    found: list[CheckMessage] = []
    if issuer and not is_safe(issuer):
        found.append(
            Error(
                f"AGENTSCOPE_OIDC_ISSUER is no address by HTTPS: {issuer[:100]!r}.",
                hint="Write it as the provider does: https://accounts.google.com.",
                id=f"{SETTINGS}.E005",
            )
        )
    if issuer and not settings.AGENTSCOPE_OIDC_CLIENT_ID:
        found.append(
            Error(
                "AGENTSCOPE_OIDC_ISSUER is set, and AGENTSCOPE_OIDC_CLIENT_ID is not.",
                hint="Register AgentScope with the provider, and write the id that it gives.",
                id=f"{SETTINGS}.E006",
            )
        )
    return found


def is_safe(address: str) -> bool:
    """Whether nobody on the way can read or change what is sent there."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (
        parts.scheme == "http" and validate_host(parts.hostname or "", LOOPBACK)
    )


def of_messages() -> list[CheckMessage]:
    """What keeps messages from arriving."""
    found: list[CheckMessage] = []
    if here := [each for each in settings.AGENTSCOPE_ALLOWED_NETWORKS if each.is_loopback]:
        found.append(
            Warning(
                f"AGENTSCOPE_ALLOWED_NETWORKS names this machine by {here[0]}: nothing is sent to "
                "it in production.",
                hint="Give the receiver an address in a private network, and allow that.",
                id=f"{SETTINGS}.W004",
            )
        )
    if settings.EMAIL_HOST and settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        found.append(
            Warning(
                f"Mail would come from {settings.DEFAULT_FROM_EMAIL}, which mail servers refuse.",
                hint="Set AGENTSCOPE_EMAIL_FROM to an address that your mail server may send as.",
                id=f"{SETTINGS}.W005",
            )
        )
    return found


def secret_key() -> str:
    """Django raises an error of its own for an empty one, so ask past it."""
    return env_secret("AGENTSCOPE_SECRET_KEY", "")


def embedded() -> list[CheckMessage]:
    """No key and no login are asked for, so only this machine may get in."""
    found: list[CheckMessage] = []
    if not validate_host(settings.AGENTSCOPE_GRPC_HOST, LOOPBACK):
        found.append(
            Error(
                "AGENTSCOPE_EMBEDDED lets everybody in, and AGENTSCOPE_GRPC_HOST is not 127.0.0.1.",
                hint="Set AGENTSCOPE_EMBEDDED=0, so that senders need keys, or leave the host out.",
                id=f"{SETTINGS}.E004",
            )
        )
    if names := foreign_names():
        found.append(
            Warning(
                f"AGENTSCOPE_EMBEDDED lets everybody in, AGENTSCOPE_ALLOWED_HOSTS has {names[0]}.",
                hint="Who reaches us by that name can read and write all projects.",
                id=f"{SETTINGS}.W003",
            )
        )
    return found


def foreign_names() -> list[str]:
    """The names that are ours on other machines too."""
    return [name for name in settings.ALLOWED_HOSTS if not validate_host(name, LOOPBACK)]


def refuse_missing_settings() -> None:
    """For processes that Django's command line does not start. Raises BadSetting."""
    for problem in run_checks(tags=[SETTINGS]):
        if problem.is_serious():
            raise BadSetting(f"{problem.msg} {problem.hint}")
