"""A row in each table, with one text wherever a column has room for one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

Row = type[models.Model]
TEXTS = (models.TextField, models.CharField)


def fill(project_id: int, text: str, leave_out: Collection[str]) -> None:
    """A row in each table, of this project where it is of one, but for some tables. By their
    descriptions, so that a table that is added later is filled as well."""
    for model in apps.get_models():
        if model._meta.managed and model._meta.db_table not in leave_out:
            row_of(model, project_id, text)


def row_of(model: Row, project_id: int, text: str) -> Any:
    """The row of a table that holds the text; it is made if there is none."""
    fields = model._meta.concrete_fields
    texts = [field.attname for field in fields if isinstance(field, TEXTS) and not field.choices]
    rows = model._default_manager.all()
    if texts and (found := rows.filter(**{texts[0]: text}).first()):
        return found
    row = model()
    for field in fields:
        if not isinstance(field, models.AutoField):
            setattr(row, field.attname, value_of(field, project_id, text))
    row.save(force_insert=True)
    return row


def value_of(field: Any, project_id: int, text: str) -> Any:
    """Something for a column: the text, if it has room for it."""
    if field.attname == "project_id":
        return project_id
    if field.choices:
        return field.choices[0][0]
    if isinstance(field, ArrayField):
        inner = value_of(field.base_field, project_id, text)
        return [inner] * (field.size or 1)
    if isinstance(field, models.JSONField):
        return [text] if field.default is list else {"of": text}
    if isinstance(field, TEXTS):
        return text
    if field.null:
        return None
    if isinstance(field, models.ForeignKey):
        return row_of(field.related_model, project_id, text).pk
    return plain(field)


def plain(field: Any) -> Any:
    """A value that stands for nothing."""
    kinds = [
        (models.BinaryField, b""),
        (models.UUIDField, uuid4()),
        (models.DateTimeField, timezone.now()),
        (models.DateField, timezone.now().date()),
        (models.BooleanField, False),
    ]
    return next((value for kind, value in kinds if isinstance(field, kind)), 0)
