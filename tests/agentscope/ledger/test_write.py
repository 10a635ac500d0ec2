"""Entries follow each other without a gap, and stay as they are."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import (
    IntegrityError,
    InternalError,
    ProgrammingError,
    connection,
    transaction,
)

from agentscope.ledger.models import Content, Entry
from agentscope.ledger.read import StoredLedger
from agentscope.ledger.verifier import verify
from agentscope.ledger.write import append, checkpoint, erase

SHOP, OTHER = 1, 2
REFUSED = (InternalError, IntegrityError)


def said(position, project=SHOP):
    """What the entry at a position says."""
    return json.loads(Content.objects.get(project_id=project, position=position).text)


@pytest.mark.django_db
def test_the_first_entry_tells_the_key_and_the_next_follow():
    for number in range(3):
        append(SHOP, "change", {"who": "ann", "what": f"change {number}"})
    assert "public_key" in said(1)
    assert [said(position)["what"] for position in (2, 3, 4)] == [f"change {n}" for n in range(3)]
    verdict = verify(StoredLedger(SHOP))
    assert (verdict.fault, verdict.entries, verdict.last.position) == (None, 4, 4)


@pytest.mark.django_db
def test_each_project_has_a_ledger_of_its_own():
    append(SHOP, "change", {"what": "x"})
    append(OTHER, "change", {"what": "y"})
    assert verify(StoredLedger(SHOP)).entries == verify(StoredLedger(OTHER)).entries == 2
    assert said(2, OTHER)["what"] == "y"


@pytest.mark.django_db
def test_nothing_is_added_by_a_transaction_that_fails():
    with transaction.atomic():
        append(SHOP, "change", {"what": "x"})
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_twenty_writers_make_one_chain():
    def write(writer):
        for number in range(5):
            append(SHOP, "change", {"who": f"writer {writer}", "what": f"change {number}"})
        connection.close()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(write, range(20)))
    verdict = verify(StoredLedger(SHOP))
    assert (verdict.fault, verdict.entries) == (None, 101)
    told = {(said(position)["who"], said(position)["what"]) for position in range(2, 102)}
    assert len(told) == 100


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "update ledger_entry set kind = 'other' where position = 2",
        "delete from ledger_entry where position = 2",
        "truncate ledger_entry",
        "update ledger_content set text = '{}' where position = 2",
        "delete from ledger_content where position = 2",
        "truncate ledger_content",
        "update ledger_checkpoint set position = 1",
        "delete from ledger_checkpoint",
        "truncate ledger_checkpoint",
    ],
)
def test_the_database_refuses_to_change_what_is_written(change):
    append(SHOP, "change", {"what": "x"})
    checkpoint(SHOP)
    with pytest.raises(REFUSED), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert said(2)["what"] == "x"


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["ledger_entry", "ledger_checkpoint", "ledger_content"])
def test_the_owner_of_the_tables_may_add_but_not_change(table):
    """As which servers connect, unless it is a superuser, whom no rights hold."""
    append(SHOP, "change", {"what": "x"})
    checkpoint(SHOP)
    with connection.cursor() as cursor:
        cursor.execute("create role owner_of_ledger")
        for each in ("ledger_entry", "ledger_checkpoint", "ledger_content"):
            cursor.execute(f"alter table {each} owner to owner_of_ledger")
        cursor.execute("set local role owner_of_ledger")
        append(SHOP, "change", {"what": "y"})
        for change in (f"update {table} set position = 1", f"truncate {table}"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(change)
        if table != "ledger_content":  # which is erased once an entry tells of it
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(f"delete from {table}")
        cursor.execute("reset role")


@pytest.mark.django_db
def test_content_is_erased_by_an_entry_that_says_who_and_why():
    for number in range(3):
        append(SHOP, "change", {"what": f"change {number}"})
    entry = erase(SHOP, [2, 3], "ann", "asked for by its author")
    assert sorted(Content.objects.values_list("position", flat=True)) == [1, 4, 5]
    assert said(entry.position)["positions"] == [2, 3]
    verdict = verify(StoredLedger(SHOP))
    assert (verdict.fault, verdict.erased, verdict.entries) == (None, 2, 5)


@pytest.mark.django_db
def test_what_two_entries_say_alike_has_two_digests():
    digests = {append(SHOP, "change", {"what": "x"}).content for _ in range(2)}
    assert len(digests) == 2


@pytest.mark.django_db
def test_a_key_that_is_replaced_tells_of_the_next(settings):
    append(SHOP, "change", {"what": "x"})
    first = Entry.objects.get(position=1)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    append(SHOP, "change", {"what": "y"})
    verdict = verify(StoredLedger(SHOP), [bytes(first.key).hex()])
    assert (verdict.fault, verdict.entries, len(verdict.keys)) == (None, 4, 2)


@pytest.mark.django_db
def test_a_key_that_nobody_introduced_is_not_believed(settings):
    append(SHOP, "change", {"what": "x"})
    settings.SECRET_KEY = "another"
    append(SHOP, "change", {"what": "y"})
    fault = verify(StoredLedger(SHOP)).fault
    assert fault.position == 3
    assert "not known" in fault.reason
