"""From a decision to an evidence pack, which somebody verifies who has nothing of this server."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from agentscope.packs.proof import own_key
from agentscope.projects.models import Project
from agentscope.records.models import Record
from agentscope.traces.ids import span_hex
from agentscope.traces.models import Trace
from tests.kit.corpus import cases, replay
from tests.kit.jobs import end_jobs
from tests.pages.test_records import CUT

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
RUN = "openai-agents-openinference"
BLACK = "rgb(0, 0, 0)"
PAPER: ViewportSize = {"width": 720, "height": 1000}


@pytest.fixture
def record(shop: Project) -> Record:
    """A decision of a recorded run."""
    replay(next(case for case in cases() if case.name == RUN), shop.pk)
    Trace.objects.update(state=Trace.State.ENDED)  # the ledger tells of what has ended
    return Record.objects.filter(agent="Refunds").order_by("at")[0]


@pytest.fixture
def folder(page: Page, record: Record, tmp_path: Path) -> Path:
    """The pack of it, asked for and downloaded by buttons, and unpacked."""
    page.goto(f"/p/shop/audit/decisions/{record.trace_id.hex}/{span_hex(record.span_id)}/")
    page.get_by_role("link", name="Evidence pack …").click()
    expect(page.get_by_text("1 decision, to read and for programs")).to_be_visible()
    page.get_by_role("button", name="Make the pack").click()
    row = page.locator("#packs tbody tr")
    expect(row).to_contain_text("waiting")
    end_jobs()
    expect(row).to_contain_text("1 trace, 1 decision, 0 verdicts")
    with page.expect_download() as download:
        row.get_by_role("button", name=re.compile("^Download")).click()
    assert re.fullmatch(r"evidence-\d+\.zip", download.value.suggested_filename)
    download.value.save_as(tmp_path / "taken.zip")
    with ZipFile(tmp_path / "taken.zip") as archive:
        archive.extractall(tmp_path / "pack")
    return tmp_path / "pack"


def verified(folder: Path) -> tuple[int, str]:
    """How the verifier of a pack ends, isolated and in a folder of its own, and what it says."""
    command = [sys.executable, "-I", "verifier.py", ".", "--key", own_key()]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def with_another_byte(folder: Path, name: str) -> tuple[int, str]:
    """What is said once the last letter of a file is another one; then it is as it was."""
    file = folder / name
    raw = file.read_bytes()
    at = max(place for place, byte in enumerate(raw) if byte in b"abcdef")
    file.write_bytes(raw[:at] + (b"a" if raw[at] != ord("a") else b"b") + raw[at + 1 :])
    said = verified(folder)
    file.write_bytes(raw)
    return said


def test_a_decision_is_packed_taken_and_verified_and_each_changed_byte_is_named(
    folder: Path, record: Record
) -> None:
    code, said = verified(folder)
    assert (code, said.endswith("All is well.\n")) == (0, True), said
    assert "whose digests the ledger holds: 1; of which no entry in this pack tells: 0." in said
    for name in (f"otlp/{record.trace_id.hex}.json", "ledger/entries.jsonl", "decisions.jsonl"):
        code, said = with_another_byte(folder, name)
        assert (code, "All is well." in said) == (1, False)
        assert f"The file {name} was changed." in said
    code, said = with_another_byte(folder, "ledger/entries.jsonl")
    assert "First bad position: " in said
    code, said = with_another_byte(folder, "MANIFEST.json")
    assert code != 0
    assert "All is well." not in said
    assert verified(folder)[0] == 0


def test_its_page_is_read_without_a_server(folder: Path, browser: Browser) -> None:
    narrow: ViewportSize = {"width": 390, "height": 800}
    with browser.new_context(java_script_enabled=False, viewport=narrow) as own:
        page = own.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        address = (folder / "index.html").as_uri()
        page.goto(address)
        expect(page.get_by_role("heading", name=re.compile("^Refunds, .* called "))).to_be_visible()
        expect(page.get_by_role("heading", name="What people did")).to_be_visible()
        assert asked == [address]
        assert page.evaluate("document.documentElement.scrollWidth") <= narrow["width"]
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == BLACK
        page.set_viewport_size(PAPER)
        assert page.evaluate(CUT.replace("main", "body")) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
        assert page.pdf(format="A4").startswith(b"%PDF")


def test_a_removed_pack_is_nowhere(folder: Path, page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Remove")).click()
    expect(page.get_by_text("There is no evidence pack.")).to_be_visible()
