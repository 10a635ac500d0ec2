"""Parts of one span that are fetched when somebody asks: values, data, copies, what changed."""

import json
import re
import time
from base64 import b64encode
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.vocabulary import Content, Kind, Meaning, Message, Part, Status, WireEvent
from tests.kit.hostile import CORPUS, HTML, SVG
from tests.ui.test_media import PNG
from tests.ui.traces import TRACE_ID, save_trace, span

PAGE = f"/p/shop/traces/{TRACE_ID.hex}/"
PART = {"HX-Request": "true"}
MOST = 300_000  # bytes of one answer
URL = f"data:image/png;base64,{b64encode(PNG).decode()}"

pytestmark = pytest.mark.usefixtures("embedded")


def of(number, name="value"):
    return f"{PAGE}spans/{number:016x}/{name}/"


def text(said):
    return Part("text", text=said)


def called(number, asked, answer="fine", trace=TRACE_ID, **said):
    """A model call of the planner."""
    content = Content(input_messages=asked, output_messages=[Message("assistant", [text(answer)])])
    meaning = Meaning(Kind.LLM, agent="planner", model="gpt-4o", content=content, **said)
    return span(number, 1, trace, meaning, name="chat")


def tool(number, arguments, result, name="search"):
    content = Content(arguments=arguments, result=result)
    meaning = Meaning(Kind.TOOL, agent="planner", tool=name, content=content)
    return span(number, 1, meaning=meaning, name=name)


def planner(trace=TRACE_ID):
    return span(1, 0, trace, Meaning(Kind.AGENT, agent="planner"), name="planner")


def shown(client, number, **asked):
    return client.get(PAGE, {"span": f"{number:016x}", **asked}).text


# ---- values ----


def test_arguments_are_a_tree_whose_parts_have_addresses(client, project):
    rows = [{"id": n, "name": f"row {n}"} for n in range(5_000)]
    save_trace(project, planner(), tool(2, {"q": "cats"}, {"rows": rows}))
    page = shown(client, 2)
    assert '<span class="value" data-type="text">cats</span>' in page
    assert "5,000 items" in page
    assert "row 4999" not in page
    part = client.get(of(2), {"at": "/result/rows", "from": "4900"}, headers=PART).text
    assert "row 4999" in part
    assert "row 4899" not in part
    assert "<html" not in part


def test_without_script_a_value_is_a_page_of_its_own(client, project):
    save_trace(project, planner(), tool(2, {"q": "cats"}, {"rows": [1]}))
    page = client.get(of(2), {"at": "/result/rows"}).text
    assert "<html" in page
    assert "result / rows" in page
    assert f'href="{PAGE}?span={2:016x}"' in page


def test_long_text_goes_on_where_it_was_cut(client, project):
    said = "".join(f"{n:06d} " for n in range(20_000))
    save_trace(project, planner(), tool(2, None, said))
    page = shown(client, 2)
    seen = len(re.search(r'<pre class="code"[^>]*>([^<]*)</pre>', page)[1])
    following = re.search(r'hx-get="([^"]*as=text[^"]*)"', page)[1].replace("&amp;", "&")
    found = said[:seen]
    while following:
        part = client.get(following, headers=PART).text
        found += re.search(r'<pre class="text">([^<]*)</pre>', part)[1]
        more = re.search(r'hx-get="([^"]*from=[^"]*)"', part)
        following = more[1].replace("&amp;", "&") if more else ""
    assert found == said


@pytest.mark.parametrize("at", ["/nothing", "/result/9", "/result/x/y", "no pointer", "/~2"])
def test_a_place_that_is_not_there_is_not_found(client, project, at):
    save_trace(project, planner(), tool(2, {}, [1]))
    if at.startswith("/"):
        assert client.get(of(2), {"at": at}).status_code == 404


@pytest.mark.parametrize("name", ["value", "changes", "copies"])
def test_a_span_of_somebody_else_is_not_found(client, project, name):
    save_trace(project, planner())
    for address in (of(9, name), of(1, name).replace("/p/shop/", "/p/other/")):
        assert client.get(address).status_code == 404
    assert client.get(f"{PAGE}spans/nonsense/{name}/").status_code == 404


@pytest.mark.parametrize("said", ["x", "-1", "9" * 50, "٣"])
def test_nonsense_as_a_beginning_is_the_beginning_or_past_the_end(client, project, said):
    save_trace(project, planner(), tool(2, {}, [1, 2]))
    assert client.get(of(2), {"at": "/result", "from": said}, headers=PART).status_code == 200


def test_a_value_is_kept_as_a_file_and_never_opened(client, project):
    save_trace(project, planner(), tool(2, HTML, {"a": [1]}))
    found = client.get(of(2), {"at": "/arguments", "as": "file"})
    assert found.content.decode() == HTML
    assert found["Content-Type"] == "application/octet-stream"
    assert found["Content-Disposition"] == 'attachment; filename="arguments.txt"'
    assert found["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in found["Content-Security-Policy"]
    found = client.get(of(2), {"at": "/result", "as": "file"})
    assert json.loads(found.content) == {"a": [1]}


def test_a_value_of_twenty_megabytes_opens_within_a_second_and_comes_in_parts(client, project):
    rows = [{"id": n, "name": f"row {n}", "text": "x" * 40} for n in range(280_000)]
    save_trace(project, planner(), tool(2, {"q": 1}, rows))
    assert len(json.dumps(rows)) > 20_000_000
    for address, asked in [
        (PAGE, {"span": f"{2:016x}"}),
        (of(2), {"at": "/result"}),
        (of(2), {"at": "/result", "from": "279900"}),
        (of(2), {"at": "/result", "as": "text", "from": "19000000"}),
        (of(2, "copies"), {}),
    ]:
        began = time.process_time()
        found = client.get(address, asked, headers=PART | {"HX-Target": "panel"})
        spent = time.process_time() - began
        assert len(found.content) < MOST, address
        assert spent < 3, f"{address}: {spent:.2f} s of CPU"  # 1 s on a machine that is free


def test_a_panel_with_much_of_everything_stays_small(client, project):
    asked = [Message("user", [text(f"{n} " + "word " * 2_000)]) for n in range(300)]
    tools = [
        Message("x", [Part("tool_call", id=f"c{n}", name="t", value={"rows": ["y" * 900] * 50})])
        for n in range(60)
    ]
    wire, meaning = called(2, [*asked, *tools])
    wire = span(2, 1, name="chat", attributes={f"a{n}": "z" * 5_000 for n in range(400)})[0]
    save_trace(project, planner(), (wire, meaning))
    for asked in ({}, {"whole": "1"}):
        size = len(shown(client, 2, **asked).encode())
        assert size < (2 if asked else 1.2) * MOST, size


# ---- messages that were said before ----


def test_only_what_is_new_is_shown_and_the_rest_is_a_link(client, project):
    first = [Message("system", [text("Be brief.")]), Message("user", [text("How many cats?")])]
    second = [*first, Message("assistant", [text("Three.")]), Message("user", [text("And dogs?")])]
    save_trace(project, planner(), called(2, first, "Three."), called(3, second, "None."))
    assert "Be brief." in shown(client, 2)
    page = shown(client, 3)
    assert "And dogs?" in page
    assert "How many cats?" not in page.split("Attributes")[0]
    words = " ".join(re.sub("<[^>]*>", "", page).split())
    assert "3 earlier messages, as in chat." in words
    assert f'<a href="?span={2:016x}">chat</a>' in page
    assert "How many cats?" in shown(client, 3, whole="1")


def test_the_panel_of_a_model_call_costs_the_same_queries_however_long_the_run_is(client, project):
    said = [Message("user", [text("Hello")])]
    save_trace(project, planner(), *(called(n, said) for n in range(2, 9)))
    queries(client, PAGE, {"span": f"{6:016x}"})  # what is kept between requests is read
    few = queries(client, PAGE, {"span": f"{7:016x}"})
    other = UUID(int=7)
    spans = [called(n, said, trace=other) for n in range(2, 60)]
    save_trace(project, planner(other), *spans, trace_id=other)
    many = queries(client, PAGE.replace(TRACE_ID.hex, other.hex), {"span": f"{50:016x}"})
    assert len(few) == len(many)
    assert sum('"span_payload"."body"' in sql for sql in many) <= 3


def queries(client, address, asked):
    with CaptureQueriesContext(connection) as found:
        assert client.get(address, asked, headers=PART | {"HX-Target": "panel"}).status_code == 200
    return [query["sql"] for query in found]


# ---- images and sounds ----


def media(value):
    return called(2, [Message("user", [Part("media", value=value)])])


def test_an_image_is_named_and_comes_only_when_asked_for(client, project):
    save_trace(project, planner(), media({"type": "image_url", "image_url": {"url": URL}}))
    page = shown(client, 2)
    assert "image/png, 69 B, not loaded" in page
    assert "<img" not in page
    at = "/input_messages/0/parts/0/value"
    part = client.get(of(2), {"at": at, "as": "media"}, headers=PART).text
    assert f'<img src="{of(2)}?at={at}&amp;as=data"' in part
    found = client.get(of(2), {"at": at, "as": "data"})
    assert (found.content, found["Content-Type"]) == (PNG, "image/png")
    assert found["Content-Disposition"].startswith("inline")
    assert found["X-Content-Type-Options"] == "nosniff"
    assert found["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    ("result", "at"),
    [
        (URL, "/result"),
        ({"picture": URL}, "/result/picture"),
        ({"type": "image", "data": b64encode(PNG).decode(), "mimeType": "image/png"}, "/result"),
        (json.dumps({"content": [{"data": b64encode(PNG).decode()}]}), "/result/content/0"),
    ],
)
def test_an_image_that_a_tool_gives_back_comes_by_click(client, project, result, at):
    save_trace(project, planner(), tool(2, {}, result))
    page = shown(client, 2)
    assert f'hx-get="{of(2)}?at={at}&amp;as=media"' in page
    assert "<img" not in page
    found = client.get(of(2), {"at": at, "as": "data"})
    assert (found.content, found["Content-Type"]) == (PNG, "image/png")
    assert "image/png, 69 B, not loaded" in client.get(of(2), {"at": at}).text


@pytest.mark.parametrize("content", [SVG, HTML])
@pytest.mark.parametrize("type", ["image/svg+xml", "image/png", "text/html"])
def test_what_could_run_is_never_shown_in_place(client, project, content, type):
    said = {"mime_type": type, "data": b64encode(content.encode()).decode()}
    save_trace(project, planner(), media(said))
    at = "/input_messages/0/parts/0/value"
    found = client.get(of(2), {"at": at, "as": "data"})
    assert found["Content-Type"] == "application/octet-stream"
    assert found["Content-Disposition"].startswith("attachment")
    part = client.get(of(2), {"at": at, "as": "media"}, headers=PART).text
    assert "<img" not in part
    assert "files to keep" in part


def test_an_image_elsewhere_is_named_and_not_fetched(client, project):
    save_trace(project, planner(), media({"image_url": {"url": "https://evil.example/x.png"}}))
    page = shown(client, 2)
    assert "It lies elsewhere, and is not fetched" in page
    assert not re.search(r'(src|href)="https://evil', page)


def test_a_value_without_data_has_none(client, project):
    save_trace(project, planner(), tool(2, {}, "text"))
    assert client.get(of(2), {"at": "/result", "as": "data"}).status_code == 404


# ---- Markdown ----


def test_markdown_is_offered_and_made_only_when_asked_for(client, project):
    save_trace(project, planner(), called(2, [Message("user", [text("a **bold** plan")])]))
    page = shown(client, 2)
    assert "a **bold** plan" in page
    assert "as Markdown" in page
    at = "/input_messages/0/parts/0/text"
    assert "<strong>bold</strong>" in client.get(of(2), {"at": at, "as": "markdown"}).text
    back = client.get(of(2), {"at": at, "as": "text"}, headers=PART).text
    assert "a **bold** plan" in back


# ---- what changed ----


def test_what_changed_since_the_call_before_of_the_same_tool(client, project):
    save_trace(
        project,
        planner(),
        tool(2, {"q": "cats", "page": 1}, ["a"]),
        tool(3, {"q": "x"}, "", name="other"),
        tool(4, {"q": "cats", "page": 2}, ["a"]),
    )
    assert "What changed" in shown(client, 4)
    assert "What changed" not in shown(client, 2)
    part = client.get(of(4, "changes"), headers=PART).text
    assert "<del>  &quot;page&quot;: 1" in part
    assert "<ins>  &quot;page&quot;: 2" in part
    assert f"?span={2:016x}" in part
    assert "Result <small>the same</small>" in part
    assert "There is no call before it" in client.get(of(2, "changes")).text


# ---- copies ----


def test_a_span_can_be_copied_in_all_forms(client, project):
    save_trace(project, planner(), called(2, [Message("user", [text("Cats?")])], provider="openai"))
    part = client.get(of(2, "copies"), headers=PART).text
    assert part.count("data-copied") == part.count("data-copy\n") == 4
    assert "https://api.openai.com/v1/chat/completions" in part
    assert "$OPENAI_API_KEY" in part
    assert f"http://testserver/api/v1/traces/{TRACE_ID.hex}/spans/{2:016x}?project=shop" in part
    assert "&quot;resourceSpans&quot;" in part
    assert "$READ_KEY" not in part


def test_the_id_can_be_copied(client, project):
    save_trace(project, planner())
    assert f"data-copied>{1:016x}</span>" in shown(client, 1)


# ---- hostile text ----


@pytest.fixture
def attacked(project):
    """A call of a model and one of a tool in which every field is hostile; one trace for each."""

    def attack(hostile):
        parts = [
            text(hostile),
            Part("reasoning", text=hostile),
            Part("media", name=hostile, value={"mime_type": hostile, "data": hostile, hostile: 1}),
            Part("media", value=hostile),
            Part("tool_call", id=hostile, name=hostile, value={hostile: [hostile]}),
            Part("tool_result", id="x", name=hostile, value=json.dumps({hostile: hostile})),
        ]
        model = Meaning(
            Kind.LLM,
            agent=hostile,
            model=hostile,
            provider="openai",
            session=hostile,
            status=Status.ERROR,
            error_type=hostile,
            error_message=hostile,
            content=Content(
                input_messages=[Message(hostile, parts, hostile, hostile)],
                output_messages=[Message("assistant", parts)],
                tools=[{"name": hostile, "description": hostile}],
            ),
        )
        asked = Content(arguments={hostile: hostile}, result=hostile)
        acting = Meaning(Kind.TOOL, agent=hostile, tool=hostile, content=asked)
        said = {
            "name": hostile,
            "attributes": {hostile: hostile, "json": json.dumps({hostile: hostile})},
            "events": [WireEvent(hostile, 0, {})],
        }
        spans = [span(1, meaning=model, **said), span(2, meaning=acting, **said)]
        again = [span(3, meaning=model, **said), span(4, meaning=acting, **said)]
        save_trace(project, *spans, *again, name=hostile, session=hostile)

    return attack


@pytest.mark.parametrize("hostile", CORPUS, ids=range(len(CORPUS)))
def test_hostile_text_stays_text_in_every_part(client, attacked, hostile):
    attacked(hostile)
    asked = [(PAGE, {"span": f"{number:016x}"}) for number in (1, 2, 3, 4)]
    for number in (3, 4):
        asked += [(of(number), {"at": ""}), (of(number, "changes"), {}), (of(number, "copies"), {})]
    where = "/input_messages/0/parts"
    asked += [
        (of(3), {"at": at, "as": how})
        for at in (f"{where}/0/text", f"{where}/3/value", f"{where}/4/value", "/attributes/json")
        for how in ("", "text", "markdown", "media")
    ]
    for address, said in asked:
        found = client.get(address, said, headers=PART | {"HX-Target": "panel"})
        assert found.status_code == 200, (address, said)
        assert_only_ours(found.content.decode())


def assert_only_ours(page):
    """Nothing in a part runs, fetches by itself or leads out of our own pages."""
    words = (
        "script iframe form meta link math img html body noscript style base object embed".split()
    )
    foreign = rf'<({"|".join(words)}|svg(?! class="icon))\b'
    assert not re.search(foreign, page, re.IGNORECASE)
    for tag in re.findall(r"<[a-z][^>]*>", page, re.IGNORECASE):
        assert not re.search(r"\son\w+\s*=", re.sub(r'"[^"]*"', '""', tag)), tag
        for where in re.findall(r'(?:href|src|hx-get)="([^"]*)"', tag):
            assert where == "" or where[0] in "/?#." or where.startswith("../"), tag
