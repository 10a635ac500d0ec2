"""Which tables have something of single traces: by the description of the tables, not by a list, so
that none is forgotten."""

from __future__ import annotations

from django.db import models


def trace_column(model: type[models.Model]) -> str:
    """The column of a table of projects that names a trace; "" if it has none."""
    columns = {str(field.column): field for field in model._meta.concrete_fields}
    if "project_id" not in columns:
        return ""
    named = (name for name in ("trace_id", "trace") if name in columns)
    return next((name for name in named if isinstance(columns[name], models.UUIDField)), "")
