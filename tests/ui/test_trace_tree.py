"""The tree of a trace of any size: a page is small, asks the same few queries, and says it all."""

import re
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.traces.models import TraceIndex
from agentscope.vocabulary import Kind, Meaning, Status
from tests.kit.forests import SHAPES, forest
from tests.ui.traces import TRACE_ID, save_trace, small_run, span
from ui.reading import WINDOW

PAGE = f"/p/shop/traces/{TRACE_ID.hex}/"
TREE, PANEL = ({"HX-Request": "true", "HX-Target": name} for name in ("tree", "panel"))
LARGE = 100_000
MOST_BYTES, MOST_SWAPPED = 150_000, 110_000

pytestmark = pytest.mark.usefixtures("embedded")


def store(project, tree, **said):
    """A trace with this tree, as if it had been examined."""
    found = save_trace(project, span(1, name="run"), spans=len(tree), **said)
    TraceIndex.objects.update_or_create(
        trace_id=TRACE_ID,
        project_id=project.pk,
        defaults={"generation": found.generation, "body": tree.pack()},
    )


def shown(text) -> list[str]:
    """The names of the rows of a page; of folds what they say."""
    return re.findall(r'<a class="label"[^>]*><span[^>]*>[^<]*</span>([^<]*)</a>', text)


def rows(text) -> list[str]:
    return re.findall(r'<tr role="row" id="([\w-]+)"', text)


def links(text, kind) -> list[str]:
    found = re.findall(rf'<a class="{kind}"\s+href="(\?[^"]*)"', text)
    return [link.replace("&amp;", "&") for link in found]


def many(count):
    return [span(1, name="run"), *(span(number, 1) for number in range(2, count + 2))]


def queries(client, address, **said):
    with CaptureQueriesContext(connection) as found:
        assert client.get(address, **said).status_code == 200
    return [query["sql"] for query in found]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_first_page_is_small_at_any_size(client, project, shape):
    store(project, SHAPES[shape](LARGE))
    page = client.get(PAGE)
    assert len(page.content) <= MOST_BYTES
    assert 2 <= len(rows(page.text)) <= WINDOW
    asked = queries(client, PAGE)
    assert len(asked) <= 8
    assert not any("span_payload" in sql or "envelope" in sql for sql in asked)


def opened_wide(client, tree):
    """The address at which a node of 50,000 children is open, part by part."""
    fold = next(key for key in rows(client.get(PAGE).text) if key[0] in "rap")
    text = client.get(f"{PAGE}?open={fold}").text
    return ".".join([fold, *(key for key in rows(text) if key.startswith("p"))])


def test_any_window_of_an_opened_tree_is_small_and_leads_on(client, project):
    store(project, SHAPES["loop"](50_001))
    keys = opened_wide(client, SHAPES["loop"](50_001))
    seen: list[str] = []
    address = f"{PAGE}?open={keys}&from=20000"
    for _ in range(3):
        answer = client.get(address, headers=TREE)
        assert len(answer.content) <= MOST_SWAPPED
        assert len(rows(answer.text)) == WINDOW
        assert not set(rows(answer.text)) & set(seen)
        seen += rows(answer.text)
        address = f"{PAGE}{links(answer.text, 'more')[-1]}&open={keys}"
    above, below = re.findall(r"([\d,]+) rows (?:above|below)<", answer.text)
    total = int(re.search(r'aria-rowcount="(\d+)"', answer.text)[1]) - 1
    assert int(above.replace(",", "")) + WINDOW + int(below.replace(",", "")) == total
    assert total > 50_000


@pytest.mark.parametrize(
    "asked", ["", "?from=20000", "?jump=failed", "?jump=dear", f"?toggle={1:016x}"]
)
def test_every_answer_asks_as_many_queries_for_a_thousand_spans_as_for_a_hundred_thousand(
    client, project, asked
):
    store(project, SHAPES["team"](1_000))
    client.get(PAGE + asked, headers=TREE)  # what is the same for all pages is read once
    few = queries(client, PAGE + asked, headers=TREE)
    store(project, SHAPES["team"](LARGE))
    lots = queries(client, PAGE + asked, headers=TREE)
    assert len(few) == len(lots) <= 9
    if "jump" not in asked:
        assert not any("span_payload" in sql or "envelope" in sql for sql in lots)


def test_twenty_thousand_levels_are_a_row_and_can_be_gone_down(client, project):
    store(project, SHAPES["deep"](20_000))
    text = client.get(PAGE).text
    assert [name.replace(chr(215), "x") for name in shown(text)] == [
        "work",
        "work, 19,999 levels deep",
    ]
    text = client.get(PAGE + links(text, "twist")[-1] + "&from=19990", headers=TREE).text
    assert 'aria-rowcount="20002"' in text
    assert 'aria-level="20001"' in text
    assert re.search(r"--indent:12\b", text)
    assert not re.search(r"--indent:1[3-9]", text)


def test_what_is_folded_opens_by_its_link_alone_and_closes_again(client, project):
    save_trace(project, *many(9))
    text = client.get(PAGE).text
    assert [name.replace(chr(215), "x") for name in shown(text)] == ["run", "work x 9"]
    opened = client.get(PAGE + links(text, "twist")[1]).text
    assert len(shown(opened)) == 11
    assert 'aria-expanded="false"' not in opened
    closed = client.get(PAGE + links(opened, "twist")[1]).text
    assert shown(closed) == shown(text)


def test_links_of_rows_keep_what_is_open_and_links_of_the_tree_what_is_selected(client, project):
    save_trace(project, *small_run())
    text = client.get(f"{PAGE}?shut={1:016x}&span={2:016x}").text
    assert links(text, "twist") == [f"?shut={1:016x}&span={2:016x}&toggle={1:016x}"]
    (label,) = links(text, "label")
    assert label == f"?shut={1:016x}&span={1:016x}"
    assert f'href="?shut={1:016x}&amp;"' in text, "closing the panel"


def test_the_address_follows_what_is_toggled_and_jumped_to(client, project):
    save_trace(project, *small_run())
    answer = client.get(f"{PAGE}?span={2:016x}&toggle={1:016x}", headers=TREE)
    assert answer.headers["HX-Replace-Url"] == f"{PAGE}?shut={1:016x}&span={2:016x}"
    assert "Selected span" not in answer.text
    back = client.get(f"{PAGE}?shut={1:016x}&toggle={1:016x}", headers=TREE)
    assert back.headers["HX-Replace-Url"] == f"{PAGE}?open={1:016x}"
    assert "HX-Replace-Url" not in client.get(f"{PAGE}?from=2", headers=TREE).headers


def failing_run():
    bad = Meaning(Kind.TOOL, status=Status.ERROR)
    agent = Meaning(Kind.AGENT)
    return [
        span(1, name="run"),
        *(
            span(number, 1, name=f"part {chr(95 + number)}", meaning=agent)
            for number in range(2, 52)
        ),
        span(60, 10, name="tried", meaning=bad),
        span(61, 45, name="lost", meaning=bad),
    ]


def test_jumps_come_to_every_failure_through_closed_rows(client, project):
    save_trace(project, *failing_run())
    address = PAGE
    for number in (60, 61, 60):
        answer = client.get(f"{address}{'&' if '?' in address else '?'}jump=failed", headers=TREE)
        assert f'id="s-{number:016x}"' in answer.text
        assert re.search(rf'id="s-{number:016x}"[^>]*aria-selected="true"', answer.text)
        assert f'data-span="{number:016x}"' in answer.text, "the panel comes along"
        address = answer.headers["HX-Replace-Url"]
        assert address.endswith(f"span={number:016x}")


@pytest.mark.parametrize(
    "asked",
    [
        *("open=x", "shut=-", f"open=r1-{99:016x}", "toggle=%00", "from=-5", "from=1e9", "top=%F0"),
        *(
            f"toggle=n-{99:016x}",
            "jump=home",
            "kept=%2e%2e",
            "span=x&toggle=y",
            "open=" + "a." * 999,
        ),
    ],
)
def test_what_an_address_says_of_things_that_are_not_there_is_nothing(client, project, asked):
    save_trace(project, *small_run())
    usual = client.get(PAGE).text
    for headers in ({}, TREE):
        answer = client.get(f"{PAGE}?{asked}", headers=headers)
        assert answer.status_code == 200
        assert shown(answer.text) == shown(usual)


@pytest.mark.parametrize("asked", ["", "?open=x", "?toggle=x", "?jump=failed", "?from=3"])
@pytest.mark.parametrize("headers", [{}, TREE, PANEL])
def test_another_projects_trace_is_not_found(client, project, charlie, asked, headers):
    save_trace(project, *small_run())
    assert client.get(f"/p/other/traces/{TRACE_ID.hex}/{asked}", headers=headers).status_code == 404


def test_plumbing_is_counted_and_shown_on_demand(client, project):
    chat, send = Meaning(Kind.LLM), Meaning(Kind.OTHER)
    save_trace(project, span(1, name="chat", meaning=chat), span(2, 1, name="POST", meaning=send))
    text = client.get(PAGE).text
    assert shown(text) == ["chat"]
    assert "+1 folded" in text
    assert "aria-expanded" not in text
    assert shown(client.get(PAGE + links(text, "hides")[0]).text) == ["chat", "POST"]


CORPUS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)//",
    "{{ 7|add:alert(1) }}{% now %}",
    "</table></td><iframe srcdoc='<script>alert(1)</script>'>",
    "--x:url(//evil.example/alert(1));background:url(//evil.example)",
    "<!--<style>*{background:url(//evil.example/alert(1))}</style>",
    "\u202ealert(1)\u2066<base href=//evil.example>",
    "![alert(1)](https://evil.example/?q=1)",
]


@pytest.mark.parametrize("hostile", CORPUS)
def test_hostile_words_are_words_in_every_field_of_rows_and_folds(client, project, hostile):
    said = {
        column: [1] * 8
        for column in ("name", "agent", "tool", "model", "error_class", "error_type")
    }
    kinds = [Kind.AGENT, Kind.AGENT, *[Kind.TOOL] * 4, Kind.LLM, Kind.HANDOFF]
    status = [Status.ERROR, *[Status.OK] * 7]
    tree = forest([-1, 0, 0, 0, 0, 0, 0, 0], (hostile,), kind=kinds, status=status, **said)
    store(project, tree, name=hostile, agents=[hostile], session=hostile)
    asked = f"open={hostile}&shut={hostile}&span={hostile}&top={hostile}&kept={hostile}"
    for address in (PAGE, f"{PAGE}?open=r1-{3:016x}&span={1:016x}"):
        assert_harmless(client.get(address).text)
    answer = client.get(PAGE, dict(pair.split("=", 1) for pair in asked.split("&")), headers=TREE)
    assert_harmless(answer.text)
    answer = client.get(PAGE, {"open": hostile, "toggle": f"{1:016x}"}, headers=TREE)
    assert re.fullmatch(r"/p/shop/[\w/?=&%.+-]+", answer.headers["HX-Replace-Url"])


class Markup(HTMLParser):
    """What a browser would make of a page: its tags with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


def assert_harmless(text):
    """Nothing in it runs, loads or leads away."""
    for tag, said in Markup(text).tags:
        assert tag not in {"img", "iframe", "base", "style", "object", "embed"}
        assert tag != "script" or said["src"].startswith("/static/")
        assert not [name for name in said if name.startswith("on")]
        for name in ("href", "src", "hx-get", "action"):
            assert re.match(r"$|[?#]|/(?!/)|\.\./", said.get(name, "")), said[name]
        for style in said.get("style", "").split(";"):
            assert re.fullmatch(r"(--[\w-]+: ?[\w.%]+)?", style.strip()), style
