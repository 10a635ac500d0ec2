"""Every page of a run is small, however long what its spans are called and say."""

import re

import pytest

from agentscope.vocabulary import Content, ErrorClass, Kind, Message, Part, Status
from tests.kit.costs import agent, call, span, tell, uuid

MOST_BYTES = 150_000
AGENTS, SECOND = 60, 10**9
TEXT = "The parcel is late, and <nobody> knows why. "
SESSION = "s" * 480
RUN = f"/p/shop/traces/{uuid(1).hex}/"

pytestmark = pytest.mark.usefixtures("embedded")


def name(what, number):
    """The longest name that a dialect takes, no two alike."""
    return f"{what} {number} {TEXT * 20}"[:500]


def heavy(trace):
    """Agents under each other in threes, each with a model call and a failed tool of which
    everything is long."""
    for number in range(1, AGENTS + 1):
        at, parent = 4 * number, 4 * ((number + 1) // 3) if number > 1 else 0
        when, said = number * SECOND, f"{number} {TEXT * 700}"
        tool, id_ = name("tool", number), f"c{number}"
        asked = [Message("user", [Part("text", text=said[n:])]) for n in range(20)]
        parts = [Part("reasoning", text=said), Part("text", text=said)]
        parts.append(Part("tool_call", id=id_, name=tool, value={said: said}))
        content = Content(input_messages=asked, output_messages=[Message("assistant", parts)])
        yield agent(trace, at, name("agent", number), parent, after=when, session=SESSION)
        model = name("model", number)
        yield call(trace, at + 1, at, "0.01", model, after=when + 1, content=content)
        yield span(
            trace,
            at + 2,
            at,
            when + 2,
            kind=Kind.TOOL,
            tool=tool,
            name=said[:3_000],
            tool_call_id=id_,
            content=Content(arguments={said: said}, result=said),
            status=Status.ERROR,
            error_class=ErrorClass.SERVER,
            error_message=said[:10_000],
        )


@pytest.fixture
def run(project):
    """Two such runs."""
    for trace in (1, 2):
        tell(project.pk, *heavy(trace))


def small(client, address) -> str:
    """The text of a small page."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert len(answer.content) <= MOST_BYTES, address
    text: str = answer.text
    return text


def turns_of(text) -> list[int]:
    return [int(number) for number in re.findall(r'aria-label="Turn (\d+):', text)]


@pytest.mark.parametrize("beside", ["", f"?span={5:016x}"])
def test_a_transcript_leads_through_all_turns_by_small_pages(client, run, beside):
    address, seen = f"{RUN}transcript/{beside}", []
    while address:
        text = small(client, address)
        seen += turns_of(text)
        later = re.search(r'rel="next" href="([^"]+)">([\d,]+) later turns?<', text)
        assert int(later[2]) == AGENTS - seen[-1] if later else seen[-1] == AGENTS
        address = later[1].replace("&amp;", "&") if later else ""
    assert seen == list(range(1, AGENTS + 1))


def test_a_transcript_leads_back_through_all_turns(client, run):
    address, seen = f"{RUN}transcript/?to={AGENTS}", []
    while address:
        text = small(client, address)
        seen = turns_of(text) + seen
        before = re.search(r'rel="prev" href="([^"]+)"', text)
        address = before[1].replace("&amp;", "&") if before else ""
    assert seen == list(range(1, AGENTS + 1))


OF_A_RUN = ["", "transcript/", "costs/"]
PAGES = [
    f"{RUN}{view}{asked}"
    for view in OF_A_RUN
    for asked in ("", *(f"?span={at:016x}" for at in (4, 5, 6)))
]
PAGES += [f"{RUN}compare/?with={uuid(2).hex}", f"{RUN}compare/", f"{RUN}retries/", f"{RUN}lineage/"]
PAGES += ["/p/shop/traces/", "/p/shop/traces/?facets=1", "/p/shop/traces/?q=parcel"]
PAGES += ["/p/shop/sessions/", "/p/shop/agents/"]
PAGES += ["/p/shop/findings/", "/p/shop/findings/health/"]


def test_pages_are_small_whatever_a_run_says(client, run):
    sizes = {page: len(client.get(page).content) for page in PAGES}
    assert {page[-70:]: size for page, size in sizes.items() if size > MOST_BYTES} == {}


@pytest.mark.parametrize("signs", ["<'\"&>", '"', "\N{HIRAGANA LETTER A}", "**<b>** `&` "])
def test_a_panel_is_small_of_whatever_signs_its_texts_are(client, project, signs):
    said = signs * (60_000 // len(signs))
    parts = [Part("reasoning", text=said), Part("text", text=said)]
    parts.append(Part("tool_call", id="c1", name="send", value={"body": said, "more": [said] * 9}))
    asked = [Message("user", [Part("text", text=said[n:])]) for n in range(9)]
    content = Content(input_messages=asked, output_messages=[Message("assistant", parts)])
    failed = {"status": Status.ERROR, "error_message": said[:10_000], "content": content}
    tell(project.pk, agent(1, 1, "lead"), call(1, 2, 1, "0.01", **failed))
    for view in ("", "transcript/"):
        small(client, f"{RUN}{view}?span={2:016x}")
