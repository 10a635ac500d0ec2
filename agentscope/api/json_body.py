"""What is said in the body of a request. A bad value is named, with what would be good."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from uuid import UUID

from agentscope.api.money import usd
from agentscope.api.refused import BAD_REQUEST, Refused

if TYPE_CHECKING:  # what decides reads bodies without that framework
    from rest_framework.request import Request

JSON = "application/json"
UNSUPPORTED = 415
LONGEST = 4096  # characters of a text
MOST = 10**15  # a whole number


def json_body(request: Request) -> dict[str, Any]:
    """The object in the body of a request. Raises Refused."""
    return read_json(request.content_type or "", request._request.body)


def read_json(content_type: str, body: bytes) -> dict[str, Any]:
    """The object in a body. It must be called JSON: so no form of another site can send it. Amounts
    are exact, and no name is said twice. Raises Refused."""
    if content_type.partition(";")[0].strip().lower() != JSON:
        raise Refused(UNSUPPORTED, "The body is not JSON.", f"Send Content-Type: {JSON}.")
    try:
        said = body.decode("utf-8-sig")
        found = json.loads(said, parse_float=Decimal, object_pairs_hook=each_once)
        if "\\ud" in said.lower() and isinstance(found, dict):
            refuse_halves(found)
    except (ValueError, RecursionError) as error:
        raise Refused(BAD_REQUEST, "The body cannot be read as JSON.") from error
    if not isinstance(found, dict):
        raise Refused(BAD_REQUEST, "The body is no JSON object.")
    return found


def each_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object, of which others might read another of two values. Raises Refused."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        name = next(each for each in names if names.count(each) > 1)
        raise Refused(BAD_REQUEST, f"{ascii(name[:40])[1:-1]}: it is said twice.")
    return found


def refuse_halves(found: Mapping[str, Any]) -> None:
    """Half a character could be written nowhere, not even where it is told what is wrong with it.
    Raises Refused."""
    for name, value in found.items():
        try:
            json.dumps([name, value], ensure_ascii=False, default=str).encode()
        except UnicodeEncodeError as error:
            shown = ascii(name[:40])[1:-1]
            raise Refused(BAD_REQUEST, f"{shown}: it holds half a character.") from error


def check_known(said: Iterable[str], names: Sequence[str], what: str = "field") -> None:
    """A misspelt name would not be heard. Raises Refused."""
    for name in said:
        if name not in names:
            there_are = "There are " + ", ".join(names) + "."
            raise Refused(BAD_REQUEST, f"{name[:40]}: there is no such {what}.", there_are)


def text(said: Mapping[str, Any], name: str) -> str:
    """A text that Postgres can hold; "" where nothing is said. Raises Refused."""
    found = "" if said.get(name) is None else said[name]
    if not isinstance(found, str) or len(found) > LONGEST or not is_storable(found):
        raise bad(name, found, f"a text of at most {LONGEST} characters")
    return found


def is_storable(found: str) -> bool:
    """Whether it has no NUL, and no half of a character."""
    return "\0" not in found and found.encode(errors="ignore").decode() == found


def identity(said: Mapping[str, Any], name: str) -> UUID | None:
    """An id of 32 hex digits; None where nothing is said. Raises Refused."""
    found = text(said, name)
    try:
        return UUID(hex=found) if found else None
    except ValueError as error:
        raise bad(name, found, "32 hex digits") from error


def whole_number(said: Mapping[str, Any], name: str) -> int | None:
    """A whole number from 0; None where nothing is said. Raises Refused."""
    found = said.get(name)
    if found is None or found == "":
        return None
    is_number = isinstance(found, int) and not isinstance(found, bool)
    if is_number or (isinstance(found, str) and found.isascii() and found.isdigit()):
        number = int(found) if len(str(found)) <= len(str(MOST)) else MOST + 1
        if 0 <= number <= MOST:
            return number
    raise bad(name, found, "a whole number from 0")


def money(said: Mapping[str, Any], name: str) -> Decimal | None:
    """An amount of USD, as a number or a text; None where nothing is said. Raises Refused."""
    found = said.get(name)
    if found is None or found == "":
        return None
    try:
        return usd("" if isinstance(found, bool) else str(found))
    except (ValueError, InvalidOperation) as error:
        raise bad(name, found, "an amount of USD, like 0.25") from error


def switch(said: Mapping[str, Any], name: str) -> bool:
    """Whether something is wanted. Raises Refused."""
    found = said.get(name)
    if found is None or found is False or found in ("", "false"):
        return False
    if found is True or found == "true":
        return True
    raise bad(name, found, "true or false")


def bad(name: str, found: object, good: str) -> Refused:
    """A value that cannot be used."""
    return Refused(BAD_REQUEST, f"{name}: {str(found)[:40]!r} is not {good}.")
