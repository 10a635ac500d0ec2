"""What came of an attempt, told without what is secret of its channel."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

LEAST_HIDDEN = 6  # characters of a part of an address; shorter ones are words that anybody uses
BETWEEN = re.compile(r"[^\w%.~-]+")  # parts of an address


def without(text: str, secrets: Iterable[str]) -> str:
    """Text without secrets. Of an address that is secret each part is, but its host: a receiver may
    answer with the path that it was asked for."""
    found = {part for secret in secrets if secret for part in (secret, *parts(secret))}
    for part in sorted(found, key=len, reverse=True):
        text = text.replace(part, "…")
    return text


def parts(secret: str) -> Iterator[str]:
    """The parts of an address that tell something; none of what is no address."""
    _scheme, separator, rest = secret.partition("://")
    host = host_of(secret) if separator else ""
    for part in BETWEEN.split(rest):
        if part.lower() != host and len(part) >= LEAST_HIDDEN:
            yield from {part, unquote(part)}


def host_of(address: str) -> str:
    """The host of an address in lower case. What has no dot may be a token, for Apprise writes some
    where others have the host: then it is empty."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return host if "." in host else ""
