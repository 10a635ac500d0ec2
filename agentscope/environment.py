"""Settings from the environment: each reader refuses nonsense with a sentence."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

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


def env_int(name: str, default: int) -> int:
    """A whole number of at least 0. Raises BadSetting for anything else."""
    said = os.environ.get(name, str(default))
    if said.isdecimal():
        return int(said)
    raise BadSetting(f"{name}={said!r} is not a whole number: write something like {default}.")


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
    use, so that commands without a database (help, check, collectstatic) still work.
    """
    parts = urlsplit(url or "postgresql:///agentscope")
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
        "PORT": str(options.pop("port", None) or parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
