"""The page of a trace is small whatever is in it, and whatever its address says is open."""

import re
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.findings.models import Finding
from agentscope.traces.ids import span_hex
from agentscope.vocabulary import Kind, Status
from tests.kit.forests import SHAPES, forest
from tests.ui.test_trace_tree import LARGE, PAGE, TREE, links, opened_wide, queries, rows, store
from tests.ui.traces import TRACE_ID
from ui.drawn import fitting, room
from ui.finding_words import ALIKE, FIRST, MOST
from ui.reading import WINDOW

MOST_BYTES, MOST_ROWS = 150_000, 2_000
LONG = "<'\"&>" + "n" * 4_000 + "é" * 91

pytestmark = pytest.mark.usefixtures("embedded")


def small(answer):
    """The text of a page that is small."""
    assert answer.status_code == 200
    assert len(answer.content) <= MOST_BYTES
    assert 1 <= len(rows(answer.text)) <= MOST_ROWS
    return answer.text


def named_at_length():
    """Agents, tools and models of very long names, that are all different and all fail."""
    count = 400
    every = range(1, count + 1)
    words = [f"{chr(97 + number % 26)}{chr(97 + number // 26)}{LONG}" for number in every]
    said = dict.fromkeys(("name", "agent", "tool", "model", "error_type"), every)
    kind = [(Kind.AGENT, Kind.TOOL, Kind.LLM)[number % 3] for number in range(count)]
    status = np.full(count, Status.ERROR)
    return forest([-1] + [0] * (count - 1), words, kind=kind, status=status, **said), words


@pytest.mark.parametrize("headers", [{}, TREE])
def test_very_long_names_are_cut_and_rows_give_way(client, project, headers):
    tree, words = named_at_length()
    store(project, tree, name=LONG, agents=words, session=LONG)
    text = small(client.get(PAGE, headers=headers))
    assert "…" in text
    keys = [key for key in rows(text) if not key.startswith("s-")]
    small(client.get(f"{PAGE}?open={'.'.join(keys)}&span={3:016x}", headers=headers))


@pytest.mark.parametrize("keys", [300, 2_000])
@pytest.mark.parametrize("headers", [{}, TREE])
def test_an_address_with_much_that_is_open_has_a_small_page(client, project, keys, headers):
    tree = SHAPES["team"](LARGE)
    store(project, tree)
    opened = ".".join(span_hex(number) for number in tree.span_id[:keys].tolist())
    text = small(client.get(f"{PAGE}?open={opened}", headers=headers))
    assert len(rows(text)) == WINDOW
    assert text.count(opened) == 1, "the form keeps it"


def test_without_script_links_keep_what_is_open_while_it_is_short_and_say_when_not(client, project):
    store(project, SHAPES["team"](2_000))
    keys = [f"{number:016x}" for number in range(1, 60)]
    short = client.get(f"{PAGE}?open={'.'.join(keys[:9])}").text
    assert all(keys[8] in link for link in links(short, "twist"))
    assert "<noscript>" not in short
    much = client.get(f"{PAGE}?open={'.'.join(keys)}").text
    assert not any("open=" in link for link in links(much, "twist"))
    assert "So much is open" in much


@pytest.mark.parametrize("asked", ["", "&from=2000", "&from=25000", "&from=99999999"])
@pytest.mark.parametrize("headers", [{}, TREE])
def test_a_node_of_fifty_thousand_children_has_small_pages(client, project, asked, headers):
    tree = SHAPES["loop"](50_001)
    store(project, tree)
    small(client.get(f"{PAGE}?open={opened_wide(client, tree)}{asked}", headers=headers))


@pytest.mark.parametrize("shape", SHAPES)
def test_fifty_spans_take_as_many_queries_as_five_thousand(client, project, shape):
    asked = {}
    for size in (50, 5_000):
        store(project, SHAPES[shape](size))
        client.get(PAGE)
        asked[size] = len(queries(client, PAGE))
    assert asked[50] == asked[5_000]


def test_pages_that_have_no_room_for_their_rows_lead_through_all_of_them(client, project):
    tree, _ = named_at_length()
    store(project, tree)
    fold = next(key for key in rows(client.get(PAGE).text) if not key.startswith("s-"))
    parts = [key for key in rows(client.get(f"{PAGE}?open={fold}").text) if key.startswith("p")]
    keys = ".".join([fold, *parts])
    address, seen = f"{PAGE}?open={keys}&from=0", set()
    total = 1
    while address:
        text = client.get(address, headers=TREE).text
        total = int(re.search(r'aria-rowcount="(\d+)"', text)[1]) - 1
        seen |= set(rows(text))
        below = re.search(r'href="\?([^"]*from=\d+)"\s[^>]*>[\d,]+ rows below', text)
        address = f"{PAGE}?open={keys}&{below[1]}" if below else ""
    assert len(seen) == total


@pytest.mark.parametrize(
    ("sizes", "about", "room", "expected"),
    [
        ([5] * 10, 3, 50, (0, 10)),
        ([5] * 10, 0, 20, (0, 4)),
        ([5] * 10, 5, 30, (4, 10)),
        ([5] * 10, 9, 30, (4, 10)),
        ([5] * 10, 9, 33, (4, 10)),
        ([99] * 10, 5, 30, (5, 6)),
        ([], 0, 30, (0, 0)),
    ],
)
def test_rows_that_there_is_room_for(sizes, about, room, expected):
    assert fitting(sizes.__getitem__, len(sizes), about, room) == expected


@given(st.data(), st.lists(st.integers(1, 50), min_size=1, max_size=40), st.integers(1, 900))
def test_no_row_is_missing_that_there_is_room_for(data, sizes, room):
    about, asked = data.draw(st.integers(0, len(sizes) - 1)), set()
    first, stop = fitting(lambda at: asked.add(at) or sizes[at], len(sizes), about, room)
    used = sum(sizes[first:stop])
    assert first <= about < stop
    assert used <= room or (first, stop) == (about, about + 1)
    assert not first or used + sizes[first - 1] > room
    assert stop == len(sizes) or used + sizes[stop] > room
    assert asked <= set(range(first - 1, stop + 1)), "few rows are drawn in vain"


def test_there_is_room_for_what_a_screen_shows():
    assert room(FIRST + 2 * MOST, has_panel=False) > 60 * 900
    assert room(0, has_panel=True) > 30 * 900


def find(project, span_ids, number):
    """A finding about which nobody decided anything."""
    fields = {"code": "exact_repeat", "version": 1, "severity": 2, "period": 1, "repeats": 2}
    fields |= dict.fromkeys(("sentence", "subject", "agent", "path"), LONG)
    fields |= {"legitimate": "Each call was meant to ask again."}
    fields |= {"session": "", "first_ns": 0, "last_ns": 1, "last_at": datetime.now(UTC)}
    fields |= {"tokens": 7, "known_cost": 1, "unpriced_calls": 1, "confidence": 0.9}
    first, last = span_ids[number], span_ids[number + 1]
    return Finding(
        trace_id=TRACE_ID,
        project_id=project.pk,
        fingerprint=UUID(int=number),
        first_span=first,
        last_span=last,
        span_ids=[first, last],
        **fields,
    )


@pytest.mark.parametrize("headers", [{}, TREE])
def test_two_hundred_findings_leave_the_page_small(client, project, headers):
    tree = SHAPES["team"](LARGE)
    store(project, tree)
    ids = tree.span_id.tolist()
    Finding.objects.bulk_create(find(project, ids, number) for number in range(1, 201))
    opened = ".".join(map(span_hex, ids[:300]))
    text = small(client.get(f"{PAGE}?open={opened}", headers=headers))
    assert len(rows(text)) >= 60
    if not headers:
        assert f"{200 - ALIKE - MOST} more are not shown here" in text
