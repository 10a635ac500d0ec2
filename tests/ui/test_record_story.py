"""The page of a decision: a story with its evidence."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.records.item import RULES
from agentscope.records.models import Record
from agentscope.records.witness import tell_records
from agentscope.traces.models import SpanPayload, Trace
from agentscope.vocabulary import Kind
from tests.kit.hostile import CORPUS
from tests.ui.records import PAGE, REFUND, page_of, record_of, refunded, words
from tests.ui.traces import TRACE_ID
from ui.record_items import WAYS
from ui.record_story import CHAPTERS, MOST

RUN = f"/p/shop/traces/{TRACE_ID.hex}/"
REVIEW = f"/p/shop/audit/reviews/{TRACE_ID.hex}/{1:016x}/"
pytestmark = pytest.mark.usefixtures("embedded")


def chapter(client, name: str, page: str = PAGE) -> str:
    """What a part of the story says."""
    text = client.get(page).text
    found = re.search(rf'<section aria-labelledby="{name}">(.*?)</section>', text, re.DOTALL)
    return words(found[1]) if found else ""


def test_it_reads_from_who_decided_to_what_came_of_it(client, project):
    refunded(project)
    text = client.get(PAGE).text
    titles = re.findall(r"<h2[^>]*>([^<]+)</h2>", text.split('id="help"')[0])
    assert titles == [title for title, _ in CHAPTERS.values()] + [
        "That nobody changed it",
        "Comments",
    ]
    assert "refunder, for ann in session S, called refund after a yes by bob" in words(text)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("who", ["declared agent refunder", "declared in version 2", "declared on behalf of ann"]),
        ("knew", ["declared asked again", "user: Please refund order 7."]),
        ("considered", ["declared gave up try rejected", "$0.0035", "assistant: No."]),
        ("considered", ["declared thought in again", "The parcel never came."]),
        (
            "chosen",
            [
                "declared to call refund",
                '{ "order": 7 }',
                "answered in refunder answer",
                "Refunded.",
            ],
        ),
        ("authority", ["a person was asked in ask bob approved by bob", "said", "Yes!"]),
        ("did", ["inferred tool refund changes something", RULES["tool_name"], '{ "paid": true }']),
        ("came_of", ["it ended with refunder done $0.0070"]),
    ],
)
def test_each_part_tells_what_is_known_with_its_basis(client, project, name, told):
    refunded(project)
    text = re.sub(r"\b[0-9a-f]{12} [\d,]+ bytes ", "", chapter(client, name))
    assert [each for each in told if each not in text] == []


def test_each_item_leads_to_its_span_and_the_span_leads_back(client, project):
    refunded(project)
    page = client.get(PAGE).text
    for number in (1, 2, 3, 4, 5):
        step = f"{REVIEW}evidence/{number:016x}/"  # that it was opened is noted there
        assert f'href="{step}"' in page
        assert client.get(step).url == f"{RUN}?span={number:016x}"
        panel = client.get(f"{RUN}?span={number:016x}", headers={"HX-Target": "panel"}).text
        assert f'href="{PAGE}"' in panel


def test_a_span_without_a_record_leads_to_none(client, project):
    refunded(project)
    Record.objects.all().delete()
    panel = client.get(f"{RUN}?span={1:016x}", headers={"HX-Target": "panel"}).text
    assert "/audit/decisions/" not in panel


def test_texts_that_are_erased_leave_their_digests(client, project):
    refunded(project)
    before = set(re.findall(r"SHA-256 ([0-9a-f]{64})", client.get(PAGE).text))
    SpanPayload.objects.filter(project_id=project.pk).delete()
    page = client.get(PAGE).text
    assert "The parcel never came." not in page
    assert "not kept any more" in page
    assert set(re.findall(r"SHA-256 ([0-9a-f]{64})", page)) == before


def test_a_record_that_tells_nothing_says_so(client, project):
    found = record_of(project)
    text = words(client.get(page_of(found)).text)
    assert [nothing for _, nothing in CHAPTERS.values() if nothing not in text] == []


def test_what_nothing_tells_of_who_decided_is_said(client, project):
    who = [{"what": what, "name": "x", "basis": "declared"} for what in ("agent", "session")]
    found = record_of(project, body={"who": who})
    text = chapter(client, "who", page_of(found))
    assert text.endswith("Nothing tells its version, on whose behalf.")
    refunded(project)
    assert "Nothing tells" not in chapter(client, "who")


def test_that_control_went_elsewhere_is_no_reason_and_a_failure_is(client, project):
    item = {"what": "tool", "name": "ask", "basis": "declared", "words": "waiting"}
    read = {"what": "read", "name": "query", "basis": "declared", "words": "failed"}
    parts = {"did": [{**item, "why": "control_flow"}], "knew": [{**read, "why": "timeout"}]}
    page = page_of(record_of(project, body=parts))
    assert chapter(client, "did", page).endswith("tool ask waits for a person")
    assert chapter(client, "knew", page).endswith("read by query failed: timed out")
    unknown = record_of(project, 2, body={"knew": [{**read, "why": "unknown"}]})
    assert chapter(client, "knew", page_of(unknown)).endswith("read by query failed")


def test_what_was_answered_to_who_asked_whether_to_go_on_is_told(client, project):
    told = {"what": "answer", "basis": "declared", "words": "warn", "times": 3}
    told |= {"by": "October", "why": "80 % is spent", "at": "2026-11-25T12:00:02.000000Z"}
    text = chapter(client, "authority", page_of(record_of(project, body={"authority": [told]})))
    assert text.endswith(
        "declared asked whether to go on was let go on with a warning 3 times, at last by October"
        " 2026-11-25 12:00:02.000 UTC: 80 % is spent"
    )


def test_what_is_left_out_is_counted(client, project):
    item = {"what": "tool", "name": "refund", "basis": "declared", "words": "done"}
    found = record_of(project, body={"did": [item], "left": {"did": 12}})
    assert "12 more" in chapter(client, "did", page_of(found))


def test_a_record_of_any_length_is_a_page_of_some(client, project):
    digest = {"sha256": "0" * 64, "size": 7}
    item = {"what": "tool", "span": f"{7:016x}", "basis": "inferred", "rule": "tool_name"}
    item |= {"name": "n" * 200, "why": "w" * 200, "input": digest, "output": digest}
    parts = {part: [{**item, "effect": at == 99} for at in range(100)] for part in CHAPTERS}
    found = record_of(project, body={**parts, "left": {"did": 12}})
    page = client.get(page_of(found)).text
    assert len(page) < 350_000
    assert page.count('data-tone="mark"') == len(CHAPTERS)  # though it comes last
    assert f"{100 - MOST + 12} more" in chapter(client, "did", page_of(found))


def test_what_a_later_version_tells_is_shown_as_it_is(client, project):
    item = {"what": "new_thing", "name": "x", "basis": "inferred", "rule": "new", "words": "so_so"}
    found = record_of(project, body={"did": [item]})
    text = chapter(client, "did", page_of(found))
    assert "inferred new thing x so so By a rule that this version does not know." in text


def test_runs_and_findings_are_named(client, project):
    earlier = {"what": "earlier", "name": UUID(int=9).hex, "basis": "declared"}
    code = {"what": "finding", "name": "exact_repeat", "basis": "inferred", "rule": "evidence"}
    order = {"what": "stop", "by": "daily", "why": "it is spent", "basis": "declared"}
    body = {"knew": [earlier], "came_of": [code], "authority": [order]}
    found = record_of(project, body=body)
    page = client.get(page_of(found)).text
    assert f'href="/p/shop/traces/{UUID(int=9).hex}/"' in page
    assert f'href="/p/shop/traces/{UUID(int=1).hex}/#findings"' in page
    assert "found exact repeat" in words(page)
    assert "was told to stop by daily: it is spent" in words(page)


@pytest.mark.parametrize("address", ["x", "0" * 16, "f" * 40, f"{2:016x}"])
def test_what_is_no_decision_is_not_found(client, project, address):
    refunded(project)
    assert client.get(PAGE.replace(f"{1:016x}", address)).status_code == 404


@pytest.mark.parametrize("text", [each for each in CORPUS if "\0" not in each])
def test_hostile_words_are_text(client, project, text):
    told = dict.fromkeys(("name", "words", "by", "why", "rule", "usd"), text) | {"usd": "1"}
    told |= {"basis": "inferred", "output": {"sha256": text, "size": 1}}
    parts = {"knew": "input", "authority": "stop", "did": "tool", "who": text, "came_of": "finding"}
    body = {part: [{"what": what, "span": f"{7:016x}", **told}] for part, what in parts.items()}
    found = record_of(project, **{**REFUND, "agent": text, "end_user": text, "body": body})
    page = client.get(page_of(found))
    assert page.status_code == 200
    assert "<script>" not in page.text
    assert "<img" not in page.text
    assert 'href="javascript' not in page.text


def test_hostile_words_of_a_run_are_text(client, project):
    refunded(project, name=CORPUS[0])
    page = client.get(PAGE).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    ("told", "words_of_it"),
    [
        ({}, "not yet The ledger does not hold its digest yet"),
        ({"digest": b"x" * 32}, "It was changed"),
        ({"recorded": 7}, "entry 7 Nothing can be compared"),
    ],
)
def test_it_says_whether_it_is_what_was_written_down(client, project, told, words_of_it):
    found = record_of(project, **told)
    assert words_of_it in chapter(client, "fit", page_of(found))


def test_what_the_ledger_holds_fits(client, project):
    refunded(project)
    Trace.objects.update(state=Trace.State.ENDED)
    tell_records()
    position = Record.objects.get().recorded
    assert f"entry {position} It fits" in chapter(client, "fit")
    entry = f"/p/shop/audit/ledger/{position}/"
    assert f'href="{entry}"' in client.get(PAGE).text
    assert client.get(entry).status_code == 200


def test_few_queries(client, project):
    refunded(project)
    with CaptureQueriesContext(connection) as asked:
        client.get(PAGE)
    assert len(asked) <= 18


def test_every_kind_of_step_has_a_word():
    assert {("did", kind.word) for kind in Kind} <= WAYS.keys()
