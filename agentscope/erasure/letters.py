"""Dead letters that name a person. Nobody could store them, so nothing in them can be told apart:
they go as a whole."""

from __future__ import annotations

import json
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from agentscope.erasure.person import Person
from agentscope.inbox.models import DeadLetter
from agentscope.redaction.requests import Redact
from agentscope.redaction.step import Step


def erase_letters(person: Person, step: Step, place: int | None) -> int | None:
    """Delete the next dead letter if it names the person, or count it for a preview; which one it
    was, None at the end."""
    rows = DeadLetter.objects.filter(project_id=person.project_id, id__gt=place or 0)
    letter = rows.order_by("id").first()
    if letter is None:
        return None
    number: int = letter.id
    if names(letter, person, step):
        if not step.is_preview:
            letter.delete()
        step.add(letters=1)
    return number


def names(letter: DeadLetter, person: Person, step: Step) -> bool:
    """Whether a letter names the person. One that cannot be read is looked through as it came."""
    redact = cast(Redact, import_string(settings.AGENTSCOPE_REDACTING))
    sent = letter.signal, letter.content_type, letter.encoding, bytes(letter.body)
    redactor = step.cleaner.redactor
    try:
        _, replaced = redact(*sent, redactor)
    except Exception:  # noqa: BLE001 — whatever it is, the others are to be looked through
        return any(form in bytes(letter.body) for form in forms(person.said))
    return bool(replaced) or redactor.text(letter.error, replaced) != letter.error


def forms(said: str) -> tuple[bytes, bytes]:
    """How a body may write an identifier."""
    return said.encode("utf-8", "replace"), json.dumps(said)[1:-1].encode()
