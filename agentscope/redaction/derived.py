"""Deriving anew what was made of spans, and redacting what cannot be: sums of days whose spans have
expired, findings that were withdrawn, what people wrote beside them.

By the description of the tables, not by a list of columns, so that none is forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from time import sleep
from typing import Any, Protocol
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F
from psycopg.types.json import Jsonb

from agentscope.budgets.models import Answer
from agentscope.budgets.witness import of_ids, tell_redacted
from agentscope.costs.days import Day
from agentscope.costs.models import DayDue
from agentscope.findings.causes import add_up_one as add_up_cause
from agentscope.findings.models import Cause
from agentscope.redaction.step import Step
from agentscope.sessions.models import Session
from agentscope.sessions.write import add_up_one as add_up_session
from agentscope.traces.models import Trace
from agentscope.traces.tables import trace_column

BATCH = 500  # rows
PAUSE = 0.2  # second, while another worker is at a trace
AddUpDay = Callable[[Day], None]
# Tables of what people set, and of what is redacted in its own way.
OTHERS = frozenset(
    "organisation organisation_member project_key project_member attribute_mapping allowed_tools"
    " tool_effects redaction redaction_rule redacted model_price model_alias span span_payload"
    " span_log envelope inbox search_block saved_view ledger_entry ledger_content"
    " ledger_checkpoint ledger_anchored trace_hold erasure review_comment"
    " decision_record account_invitation channel".split()
)
# Columns that hold words and digests of ours, and what people set.
OURS = frozenset(
    "code legitimate content_type encoding session_basis reason parameters result cursor"
    " state outcome key keys who by assigned_to verdict decision digest manifest".split()
)
# Of what people said of decisions, which is never changed otherwise: see reviews/models.py.
ONLY = {"review": frozenset(("agent",))}
WHO = "_by"  # columns that end so tell who did something, by the name of their account


class Examine(Protocol):
    """Examines a trace in the transaction of its caller; False if another worker is at it."""

    def __call__(self, project_id: int, trace_id: UUID) -> bool: ...


def traces(examine: Examine) -> Callable[[Step, Any], Any]:
    """Examines the next trace of which something changed."""

    def examine_next(step: Step, place: Any) -> Any:
        rows = Trace.objects.filter(project_id=step.project_id)
        due = rows.exclude(generation=F("examined_generation"))
        if place:
            due = due.filter(trace_id__gt=UUID(place))
        trace_id = due.order_by("trace_id").values_list("trace_id", flat=True).first()
        if trace_id is None:
            return None
        if examine(step.project_id, trace_id):
            return str(trace_id)
        sleep(PAUSE)
        return place or str(UUID(int=0))

    return examine_next


def days(add_up: AddUpDay) -> Callable[[Step, Any], Any]:
    """Adds up the next day of which something changed."""

    def add_up_next(step: Step, place: Any) -> Any:
        due = DayDue.objects.filter(project_id=step.project_id, due_at__isnull=False)
        if place:
            due = due.filter(day__gt=place)
        row = due.order_by("day").first()
        if row is None:
            return None
        add_up(Day(row.project_id, row.day, row.generation))
        return str(row.day)

    return add_up_next


def sessions(step: Step, place: Any) -> Any:
    """Adds up the next session of which something changed."""
    due = Session.objects.filter(project_id=step.project_id, due_at__isnull=False)
    if place is not None:
        due = due.filter(session__gt=place)
    name = due.order_by("session").values_list("session", flat=True).first()
    if name is not None:
        add_up_session(step.project_id, name)
    return name


def causes(step: Step, place: Any) -> Any:
    """The same of the next cause of findings."""
    due = Cause.objects.filter(project_id=step.project_id, due_at__isnull=False)
    if place:
        due = due.filter(fingerprint__gt=UUID(place))
    found = due.order_by("fingerprint").values_list("fingerprint", flat=True).first()
    if found is None:
        return None
    add_up_cause(step.project_id, found)
    return str(found)


@dataclass(slots=True, frozen=True)
class Table:
    """A table of projects with columns in which there may be texts of senders."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    json: frozenset[str]  # those of `columns`
    trace: str = ""  # the column that names a trace: what is held of it stays

    def texts(self, step: Step, place: Any) -> Any:
        """The next rows."""
        rows = self.rows(step.project_id, place)
        self.redact_all(step, rows)
        return [plain(each) for each in rows[-1][: len(self.key)]] if len(rows) == BATCH else None

    def redact_all(self, step: Step, rows: Sequence[tuple[Any, ...]]) -> None:
        """Redact these rows."""
        for row in rows:
            key, said = row[: len(self.key)], row[len(self.key) : len(self.key + self.columns)]
            held = bool(self.trace) and row[-1] in step.held
            self.redact(step, key, said, is_held=held)

    def rows(self, project_id: int, place: Any) -> list[tuple[Any, ...]]:
        """Keys and columns of the rows behind a place, and the trace of each, if it has one."""
        columns = filter(None, (*self.key, *self.columns, self.trace))
        key = ", ".join(map(quoted, self.key))
        behind = f"and ({key}) > ({', '.join(['%s'] * len(self.key))})" if place else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"select {', '.join(map(quoted, columns))} from {self.name}"  # noqa: S608
                f" where project_id = %s {behind} order by {key} limit {BATCH}",
                [project_id, *(place or ())],
            )
            return list(cursor.fetchall())

    def redact(
        self, step: Step, key: Sequence[Any], said: Sequence[Any], *, is_held: bool = False
    ) -> None:
        """Redact one row, unless it is held."""
        changed = {}
        for column, value in zip(self.columns, said, strict=True):
            is_json = column in self.json and value is not None
            before = json.loads(value) if is_json else value
            after = step.cleaner.texts(before)
            if after != before:
                changed[column] = Jsonb(after) if is_json else after
        if changed and is_held:
            step.add(held_texts=1)
        elif changed:
            self.write(key, changed)
            step.add(texts=1)

    def write(self, key: Sequence[Any], changed: dict[str, Any]) -> None:
        """Write a row. Those that only differed in what was replaced are numbered."""
        names = {name: changed[name] for name in self.key if name in changed}
        for number in count(2):
            try:
                with transaction.atomic():
                    return self.update(key, changed)
            except IntegrityError:
                if not names:
                    raise
                changed |= {name: f"{clean} ({number})" for name, clean in names.items()}
        return None

    def update(self, key: Sequence[Any], changed: dict[str, Any]) -> None:
        """Write a row."""
        into = ", ".join(f"{quoted(name)} = %s" for name in changed)
        where = " and ".join(f"{quoted(name)} = %s" for name in self.key)
        with connection.cursor() as cursor:
            cursor.execute(
                f"update {self.name} set {into} where {where}",  # noqa: S608 — names of columns only
                [*changed.values(), *key],
            )


class Answers(Table):
    """What was answered: the ledger holds digests of it, and is told of those after."""

    def redact_all(self, step: Step, rows: Sequence[tuple[Any, ...]]) -> None:
        """Redact these rows, and tell of what changed."""
        ids = [row[0] for row in rows]
        before = of_ids(ids)
        Table.redact_all(self, step, rows)
        tell_redacted(step.project_id, before, of_ids(ids), step.job.asked_by)


class Sessions(Table):
    """Sessions: those of traces that are held are called as these call them."""

    def redact_all(self, step: Step, rows: Sequence[tuple[Any, ...]]) -> None:
        """Redact these rows."""
        held = Trace.objects.filter(project_id=step.project_id, trace_id__in=step.held)
        names = set(held.values_list("session", flat=True).distinct())
        for row in rows:
            self.redact(step, row[:2], row[2:], is_held=row[1] in names)


def quoted(column: str) -> str:
    """The name of a column in SQL: one of them is called as a word of SQL is."""
    return f'"{column}"'


def plain(value: Any) -> Any:
    """A value of a key as JSON."""
    return value if isinstance(value, int) else str(value)


def tables() -> list[Table]:
    """All tables to be looked through, by their names."""
    found = [
        table_of(model)
        for model in apps.get_models()
        if model._meta.db_table not in OTHERS
        if any(field.attname == "project_id" for field in model._meta.concrete_fields)
    ]
    return sorted((each for each in found if each.columns), key=lambda table: table.name)


def table_of(model: type[models.Model]) -> Table:
    """The columns of a model that may hold texts of senders."""
    held = [field for field in model._meta.concrete_fields if holds_texts(field)]
    objects = (field for field in held if isinstance(field, models.JSONField))
    kind = KINDS.get(model, Table)
    return kind(
        model._meta.db_table,
        tuple(str(field.column) for field in model._meta.pk_fields),
        tuple(str(field.column) for field in held),
        frozenset(str(field.column) for field in objects),
        trace_column(model),
    )


KINDS: dict[type[models.Model], type[Table]] = {Answer: Answers, Session: Sessions}


def holds_texts(field: Any) -> bool:
    """Whether senders may have said what is in a column."""
    if field.column in OURS or field.column.endswith(WHO) or field.choices:
        return False
    if field.column not in ONLY.get(field.model._meta.db_table, (field.column,)):
        return False
    inner = field.base_field if isinstance(field, ArrayField) else field
    return isinstance(inner, models.TextField | models.JSONField)
