"""What was changed before there was a ledger is in it after the upgrade."""

from datetime import UTC, datetime
from importlib import import_module
from uuid import UUID

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from agentscope.findings.read import decisions_of
from agentscope.ledger.read import StoredLedger
from agentscope.ledger.verifier import verify
from agentscope.projects.changes import changes_of, note_change
from agentscope.projects.write import create_project

MIGRATION = import_module("agentscope.ledger.migrations.0003_changes")
THEN = datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC)


@pytest.fixture
def before(db):
    """The models as they were, with the table of changes."""
    state = MigrationLoader(connection).project_state(MIGRATION.Migration.dependencies)
    with connection.schema_editor() as editor:
        editor.create_model(state.apps.get_model("projects", "Change"))
    return state.apps


def test_what_was_decided_about_a_cause_is_still_told_of_it(before):
    shop, cause = create_project("shop"), UUID(int=7)
    said = {"who": "ann", "what": "It is expected.", "details": {"fingerprint": str(cause)}}
    before.get_model("projects", "Change").objects.create(project_id=shop.pk, **said)
    MIGRATION.take_over(before, None)
    assert [change.what for change in decisions_of(shop.pk, cause, 9)] == ["It is expected."]
    assert decisions_of(shop.pk, UUID(int=8), 9) == []


def test_changes_keep_their_order_their_times_and_their_project(before):
    shop, other = create_project("shop"), create_project("other")
    changes = before.get_model("projects", "Change").objects
    for number, project in enumerate((shop, other, shop)):
        said = {"who": "ann", "what": f"Change {number}", "details": {"after": number}}
        changes.create(project_id=project.pk, **said)
    changes.update(changed_at=THEN)
    MIGRATION.take_over(before, None)
    note_change("price", shop.pk, "ben", "Change 3", {})
    newest, *earlier = changes_of(shop.pk, None, 9)
    assert [change.what for change in (newest, *earlier)] == ["Change 3", "Change 2", "Change 0"]
    assert {change.changed_at for change in earlier} == {THEN}
    assert newest.changed_at > THEN
    assert earlier[0].details == {"after": 2}
    assert [change.what for change in changes_of(other.pk, None, 9)] == ["Change 1"]
    assert verify(StoredLedger(shop.pk)).fault is None
