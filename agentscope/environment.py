"""Settings from the environment: each reader refuses nonsense with a sentence."""

import os
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

MOST_DIGITS = 18  # of a number that any setting could mean
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}  # by how an address begins
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


class BadSetting(SystemExit):
    """A setting that cannot be used. Its text names the setting and says what to write instead."""


def env_text(name: str, default: str) -> str:
    """The value of `name`, or the default."""
    return os.environ.get(name, default)


def env_bool(name: str, *, default: bool) -> bool:
    """`1 true yes on` or `0 false no off`. Raises BadSetting for anything else."""
    said = os.environ.get(name)
    if said is None:
        return default
    if said.lower() in TRUE | FALSE:
        return said.lower() in TRUE
    raise BadSetting(f"{name}={said!r} is neither yes nor no: write 1 or 0.")


def env_int(name: str, default: int, *, least: int = 0, most: int = 2**31 - 1) -> int:
    """A whole number from `least` to `most`. Raises BadSetting for anything else."""
    said = os.environ.get(name, str(default))
    if said.isdecimal() and len(said) <= MOST_DIGITS and least <= int(said) <= most:
        return int(said)
    raise BadSetting(
        f"{name}={said[:40]!r} is not a whole number from {least} to {most}: "
        f"write something like {default}."
    )


def env_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """One of some words, in any case. Raises BadSetting for anything else."""
    said = os.environ.get(name, default)
    if said.upper() in choices:
        return said.upper()
    raise BadSetting(f"{name}={said[:40]!r} is none of {', '.join(choices)}: write one of them.")


def env_list(name: str, default: list[str]) -> list[str]:
    """Words separated by commas."""
    said = os.environ.get(name)
    return default if said is None else [word.strip() for word in said.split(",") if word.strip()]


def env_secret(name: str, default: str) -> str:
    """The value of `name`, or the content of the file that `name_FILE` points at."""
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return os.environ.get(name, default)
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise BadSetting(f"{name}_FILE={path!r} cannot be read: {error.strerror}.") from error


def https_origins(hosts: list[str]) -> list[str]:
    """What a browser calls the pages under these names of ALLOWED_HOSTS, behind HTTPS."""
    return [f"https://{'*' if name.startswith('.') else ''}{name}" for name in hosts if name != "*"]


def public_url(hosts: list[str], *, is_https: bool, port: int | None) -> str:
    """The address of our pages where none is set: the first of ALLOWED_HOSTS that is one name."""
    names = [name for name in hosts if not name.startswith(("*", "."))] or ["localhost"]
    scheme = "https" if is_https else "http"
    return f"{scheme}://{names[0]}" + (f":{port}" if port else "")


def env_networks(name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Networks separated by commas, as 10.1.0.0/16. Raises BadSetting for anything else."""
    said = env_list(name, [])
    try:
        return tuple(ip_network(each) for each in said)
    except ValueError as error:
        raise BadSetting(
            f"{name} names no network: {error}. Write something like 10.1.0.0/16."
        ) from None


def load_embedded_environment(data: Path) -> None:
    """Where the supervisor's servers listen, unless this process was told otherwise."""
    if "DATABASE_URL" in os.environ or "DATABASE_URL_FILE" in os.environ:
        return
    try:
        lines = (data / "environment").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        name, _, value = line.partition("=")
        os.environ.setdefault(name, value)


def database(url: str) -> dict[str, Any]:
    """Django's settings for a `postgresql://user:password@host:port/name?option=…` address.

    A unix socket is given as `?host=/folder`. An empty address gives settings that fail on first
    use, so that commands without a database (help, check, collectstatic) still work. Raises
    BadSetting, which never repeats the address: there is a password in it.
    """
    try:
        parts = urlsplit(url or "postgresql:///agentscope")
        port = parts.port
    except ValueError:
        raise BadSetting(
            "DATABASE_URL cannot be read. Is there one of / ? # [ ] in the password? Write it as "
            "%2F %3F %23 %5B %5D."
        ) from None
    if parts.scheme not in {"postgres", "postgresql"}:
        raise BadSetting("DATABASE_URL must start with postgresql://")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(options.pop("port", None) or port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that sends mail. Without a host none is sent."""

    scheme: str  # of MAIL_PORTS
    host: str
    port: int
    user: str
    password: str


def mail(url: str) -> MailServer:
    """The server of a `smtp://user:password@host:port` address: `smtp+tls` begins in the clear and
    goes on by TLS (STARTTLS), `smtps` is TLS from the start. An empty address is no server. Raises
    BadSetting, which never repeats the address: there is a password in it.
    """
    try:
        parts = urlsplit(url or "smtp:")
        port = parts.port
    except ValueError:
        raise BadSetting(
            "AGENTSCOPE_EMAIL_URL cannot be read. Is there one of / ? # [ ] in the password? Write "
            "it as %2F %3F %23 %5B %5D."
        ) from None
    if parts.scheme not in MAIL_PORTS or (url and not parts.hostname):
        raise BadSetting(
            "AGENTSCOPE_EMAIL_URL must be like smtp+tls://USER:PASSWORD@HOST:587, or begin with "
            "smtps:// or smtp://."
        )
    return MailServer(
        parts.scheme,
        parts.hostname or "",
        port or MAIL_PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )
