"""Whom an erasure is about: how the identifier is found, and how it is told without being named."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote, quote_plus

from django.db import connection

from agentscope.redaction.policy import Action, Own, Policy
from agentscope.redaction.read import key_of
from agentscope.redaction.redactor import Redactor
from agentscope.retention.models import Hold

CODE = "person"  # what stands in place of the identifier: [redacted person]
LONGEST = 200  # characters of an identifier
PLAIN = 8  # characters from which on no other word is likely to hold it
WORD = 4  # from which on it is looked for within texts; a shorter one is a whole value or nothing
COLUMNS = {"user": "user_name", "session": "session"}
AT_ONCE = 20  # traces
# A user may be named by a part of a trace only: by one of its spans, by one of its log records.
TRACES = "select trace_id from trace where project_id = %(project)s and {column} = %(said)s"
PARTS = """
select distinct trace_id from span where project_id = %(project)s and {column} = %(said)s
"""
RECORDS = """
select distinct trace_id from span_log
where project_id = %(project)s and facts ->> %(of)s = %(said)s
"""
HELD = "select count(*) from trace_hold where project_id = %(project)s and trace_id in ({traces})"
WAYS = (TRACES, PARTS, RECORDS)


@dataclass(frozen=True)
class Person:
    """A user or a session of a project, by the name that senders give it."""

    project_id: int
    of: str  # models.Erasure.Of
    said: str

    @property
    def digest(self) -> str:
        """What stands for the identifier where it must not stand itself. Keyed: who has a list of
        identifiers, but not the secret of the installation, cannot find it among them."""
        told = f"{self.of}\0{self.said}".encode("utf-8", "replace")
        return hmac.new(key_of(self.project_id), told, sha256).hexdigest()

    def policy(self) -> Policy:
        """What replaces the identifier, however an address or a text writes it."""
        forms = dict.fromkeys((self.said, quote(self.said, safe=""), quote_plus(self.said)))
        rules = (Own(CODE, pattern(form), False, Action.MASK) for form in forms)
        return Policy(own=tuple(rules))

    def redactor(self) -> Redactor:
        """The same, ready for use."""
        return Redactor(self.policy(), key_of(self.project_id))

    def sql(self, way: str) -> str:
        """One of WAYS for this kind of identifier."""
        return way.format(column=COLUMNS[self.of])

    def asked(self) -> dict[str, str | int]:
        """The parameters of WAYS."""
        return {"project": self.project_id, "of": self.of, "said": self.said}

    def traces(self, way: str, limit: int = AT_ONCE) -> list[str]:
        """Some traces that are found one way, as hexadecimal digits."""
        with connection.cursor() as cursor:
            cursor.execute(f"{self.sql(way)} limit {limit}", self.asked())
            return [trace_id.hex for (trace_id,) in cursor.fetchall()]

    def all_traces(self) -> str:
        """SQL of the ids of all of them, with the parameters `asked`."""
        return " union ".join(self.sql(way) for way in WAYS)

    def held(self) -> int:
        """How many of the traces are held. They are looked for only if anything is held at all."""
        if not Hold.objects.filter(project_id=self.project_id).exists():
            return 0
        with connection.cursor() as cursor:
            cursor.execute(HELD.format(traces=self.all_traces()), self.asked())
            return int(cursor.fetchone()[0])


def pattern(said: str) -> str:
    """What finds an identifier, for RE2: a short one only where it is a word, or all there is."""
    plain = re.escape(said)
    if len(said) >= PLAIN:
        return plain
    if len(said) < WORD:
        return rf"\A{plain}\z"
    first = r"\b" if re.match(r"\w", said, re.ASCII) else ""
    last = r"\b" if re.search(r"\w\Z", said, re.ASCII) else ""
    return f"{first}{plain}{last}"
