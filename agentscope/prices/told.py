"""Lists of prices that somebody brought, as the ledger tells of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import transaction

from agentscope.ledger.canonical import canonical
from agentscope.prices.book import COLUMNS, Row
from agentscope.prices.importing import Imported, import_prices, locked
from agentscope.prices.models import ModelPrice
from agentscope.projects.changes import COMMAND_LINE, INSTALLATION, note_change


@transaction.atomic
def import_told(rows: Iterable[Row], day: date, project_id: int | None, what: str) -> Imported:
    """Import a list at the command line, and tell the ledger so: that of the project, or of the
    installation."""
    locked()
    before = all_prices(project_id)
    done = import_prices(rows, day, project_id)
    details = asdict(done) | {"before": before, "after": all_prices(project_id)}
    note_change("price", project_id or INSTALLATION, COMMAND_LINE, what, details)
    return done


def all_prices(project_id: int | None) -> dict[str, Any]:
    """How many prices there are, and the digest of them: thousands are too many for an entry."""
    rows = ModelPrice.objects.filter(project_id=project_id).values_list(*COLUMNS)
    said = sorted([str(each) for each in row] for row in rows)
    return {"prices": len(said), "sha256": sha256(canonical({"prices": said}).encode()).hexdigest()}
