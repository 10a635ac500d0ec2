"""Pages of other web sites. A browser lets them send what needs no body without asking us first."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from agentscope.api.refused import Refused

FORBIDDEN = 403
ELSEWHERE = ("cross-site", "same-site")  # localhost:3000 is the same site as localhost:4318


def refuse_foreign(said: Mapping[str, str]) -> None:
    """Refuse what a page of another site sends, by headers in lower case. Browsers write these, and
    no page can change them; whatever else sends has neither of them. Raises Refused."""
    origin = said.get("origin", "")
    if (origin and not is_ours(origin, said.get("host", ""))) or is_elsewhere(said):
        raise Refused(
            FORBIDDEN,
            f"A page of another web site ({(origin or 'unnamed')[:100]}) changes nothing here.",
            "Send a key, or ask from our own pages or from outside a browser.",
        )


def is_elsewhere(said: Mapping[str, str]) -> bool:
    """Whether the browser says that the page is of another site."""
    return said.get("sec-fetch-site", "").lower() in ELSEWHERE


def is_ours(origin: str, host: str) -> bool:
    """Whether an origin is the address that is called. Either scheme: a proxy may speak HTTPS."""
    try:
        return urlsplit(origin).netloc.lower() == host.lower() != ""
    except ValueError:  # no address at all
        return False
