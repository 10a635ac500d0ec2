"""Somebody looks for an entry, opens it, and verifies; what a superuser of the database changes is
named."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import expect

from agentscope.projects.changes import note_change
from tests.agentscope.ledger.test_tampering import tamper
from tests.kit.jobs import end_jobs

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LEDGER = "/p/shop/audit/ledger/"


@pytest.fixture
def told(shop):
    """What two people did."""
    limit = {"before": {"limit": "10"}, "after": {"limit": "25"}}
    note_change("budget", shop.pk, "ann", "Budget “day” was changed.", limit)
    note_change("price", shop.pk, "ben", "Set the price of gpt.", {})
    return shop


@transaction.atomic
def change(one, other, position):
    """What a superuser makes of an entry; a value with its quotes is in no time and no salt."""
    tamper(
        f"update ledger_content set text = replace(text, '{one}', '{other}')"
        f" where position = {position}"
    )


def test_an_entry_is_found_opened_and_verified_and_a_change_of_it_is_named(page, told):
    page.goto(LEDGER)
    rows = page.locator("table.entries tbody tr")
    expect(rows).to_have_count(2)
    page.get_by_label("About").select_option("Budgets")
    page.get_by_role("button", name="Filter").click()
    expect(rows).to_have_count(1)
    page.get_by_role("link", name="Budget “day” was changed.").click()
    expect(page.get_by_role("row", name=re.compile("limit.*10.*25"))).to_be_visible()
    expect(page.get_by_text("This entry holds by itself")).to_be_visible()

    page.get_by_role("link", name="verifying it").click()
    part = page.locator("#verified")
    page.get_by_role("button", name="Verify", exact=True).click()
    expect(part).to_contain_text("Waiting for a worker.")
    end_jobs()
    expect(part).to_contain_text("All is well: entries 1 to 3 follow each other")

    change('"25"', '"99"', 2)
    page.get_by_role("button", name="Verify all of it").click()
    end_jobs()
    fault = page.get_by_role("alert")
    expect(fault).to_contain_text("Something is wrong at position 2: its content was changed")
    expect(part).not_to_contain_text("All is well")
    page.get_by_role("link", name="Look at position 2").click()
    expect(page.get_by_role("alert")).to_contain_text("Something is wrong with this entry")

    change('"99"', '"25"', 2)
    page.goto(LEDGER)
    expect(fault).to_be_visible()
    page.get_by_role("button", name=re.compile("^Verify")).first.click()
    end_jobs()
    expect(part).to_contain_text("All is well")
    expect(fault).to_have_count(0)


def test_the_ledger_is_taken_as_a_file(page, told):
    page.goto(LEDGER)
    page.get_by_role("link", name="Checkpoints, and the ledger as a file").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the ledger").click()
    assert download.value.suggested_filename == "ledger.zip"
    page.reload()
    row = page.locator("table tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("nowhere")
    expect(row.locator("[data-label='Signed by']")).to_have_css("white-space", "nowrap")
    with page.expect_download() as download:
        row.get_by_role("link", name="Download the checkpoint of position 4").click()
    kept = json.loads(Path(download.value.path()).read_text())
    assert (kept["position"], kept["project"]) == (4, told.pk)


ATTACKS = {
    "a deleted entry": (2, "delete from ledger_entry {where} = 2"),
    "two that changed places": (
        2,
        "update ledger_entry set position = -position {where} in (2, 3)",
        "update ledger_entry set position = position + 5 where position < 0",
    ),
    "a hash that was changed": (3, "update ledger_entry set hash = sha256(hash) {where} = 3"),
    "an end that was cut off": (3, "delete from ledger_entry {where} = 3"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_superuser_did_is_named_with_its_position(page, told, attack):
    page.goto(LEDGER)
    part = page.locator("#verified")
    page.get_by_role("button", name="Verify", exact=True).click()
    end_jobs()
    expect(part).to_contain_text("All is well")
    position, *statements = ATTACKS[attack]
    with transaction.atomic():
        tamper(
            *(
                each.format(where=f"where project_id = {told.pk} and position")
                for each in statements
            )
        )
    page.get_by_role("button", name="Verify all of it").click()
    end_jobs()
    expect(page.get_by_role("alert")).to_contain_text(
        f"Something is wrong at position {position}: "
    )
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text(f"at position {position}: ")
    expect(part).not_to_contain_text("All is well")
