"""The page of the transcript of a trace."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.projects.models import Project
from agentscope.vocabulary import Content, Discarded, ErrorClass, Kind, Message, Part, Status
from tests.kit.costs import agent, call, span, tell, uuid
from ui.transcript import MOST_GIVEN, SHOWN
from ui.views.transcript import TURNS

SECOND = 10**9
PAGE = f"/p/shop/traces/{uuid(1).hex}/transcript/"
HOSTILE = "<script>alert(1)</script>\"'"

pytestmark = pytest.mark.usefixtures("embedded")


def says(role, text):
    return Message(role, [Part("text", text=text)])


def calls(name, number, **value):
    return Message("assistant", [Part("tool_call", id=f"c{number}", name=name, value=value)])


def answers(number, value):
    return Message("tool", [Part("tool_result", id=f"c{number}", value=value)])


def turn(number, parent, given, *answered, **said):
    """A model call, so many seconds after noon."""
    content = Content(input_messages=given, output_messages=list(answered))
    return call(1, number, parent, "0.01", after=number * SECOND, content=content, **said)


def use(number, parent, tool, asked, result, **said):
    known = {"tool": tool, "name": tool, "content": Content(arguments=asked, result=result)}
    return span(1, number, parent, number * SECOND, kind=Kind.TOOL, **known, **said)


def conversation():
    """A planner that searches and answers."""
    asked = [says("system", "You plan."), says("user", "Where to?")]
    search = calls("search", 1, q="sea")
    return [
        agent(1, 1, "planner"),
        turn(2, 1, asked, search),
        use(3, 1, "search", {"q": "sea"}, "Bergen", tool_call_id="c1"),
        turn(4, 1, [*asked, search, answers(1, "Bergen")], says("assistant", "To Bergen.")),
    ]


def text_of(client, address=PAGE) -> str:
    return html.unescape(" ".join(client.get(address).text.split()))


def turns_in(text) -> list[str]:
    found: list[str] = text.split('<article class="turn"')[1:]
    return found


def test_each_turn_says_what_is_new_and_what_came_of_it(client, project):
    tell(project.pk, *conversation())
    first, second = turns_in(text_of(client))
    assert "Where to?" in first
    assert re.search(r"search.*answered.*Bergen", first), "a result stands with its call"
    assert f'?span={3:016x}"' in first
    assert "4 earlier messages" in second
    assert "Where to?" not in second
    assert "Bergen</pre>" not in second
    assert "To Bergen." in second


def test_a_call_without_an_id_is_found_by_its_name(client, project):
    search = Message("assistant", [Part("tool_call", name="search", value={"q": "sea"})])
    tell(
        project.pk,
        agent(1, 1, "planner"),
        turn(2, 1, [says("user", "Where to?")], search),
        use(3, 1, "search", {"q": "sea"}, "Bergen"),
    )
    (only,) = turns_in(text_of(client))
    assert only.count('class="call"') == 1
    assert re.search(r"answered.*Bergen", only)


def test_a_tool_call_that_no_answer_names_is_told_all_the_same(client, project):
    tell(
        project.pk,
        agent(1, 1, "planner"),
        turn(2, 1, [], says("assistant", "I look.")),
        use(3, 1, "search", {"q": "sea"}, "Bergen"),
    )
    (only,) = turns_in(text_of(client))
    assert re.search(r"I look\..*search.*Bergen", only)


def test_failures_are_plain(client, project):
    late = {"status": Status.ERROR, "error_class": ErrorClass.TIMEOUT}
    limited = {"status": Status.ERROR, "error_class": ErrorClass.RATE_LIMIT}
    tell(
        project.pk,
        agent(1, 1, "planner"),
        turn(2, 1, [], calls("search", 1), **limited, error_message="slow down"),
        use(3, 1, "search", {}, None, tool_call_id="c1", error_message="too late", **late),
    )
    (only,) = turns_in(text_of(client))
    assert "data-failed" in only
    assert "rate limited" in only
    assert "slow down" in only
    assert re.search(r"answered with an error.*too late", only)


def test_sub_agents_are_inside_and_handovers_between(client, project):
    tell(
        project.pk,
        agent(1, 1, "lead"),
        turn(2, 1, [says("user", "Go.")], calls("ask", 1)),
        use(3, 1, "ask", {}, "done", tool_call_id="c1"),
        agent(1, 4, "scout", 3, after=4 * SECOND),
        turn(5, 4, [says("user", "Look.")], says("assistant", "Seen.")),
        span(1, 6, 1, 6 * SECOND, kind=Kind.HANDOFF, name="transfer_to_writer"),
        agent(1, 7, "writer", after=7 * SECOND),
        turn(8, 7, [says("user", "Write.")], says("assistant", "Written.")),
    )
    text = text_of(client)
    inside = text.split('<details class="sub" open')[1].split("</details>")[0]
    assert "was called as a tool by lead" in inside
    assert "Seen." in inside
    assert "Written." not in inside
    assert "lead handed over to writer" in text


def test_choices_and_discarded_work_are_marked(client, project):
    choices = [
        Message("assistant", [Part("text", text=text)], finish_reason="stop")
        for text in ("One.", "Two.")
    ]
    tell(
        project.pk,
        agent(1, 1, "planner"),
        turn(2, 1, [], *choices, discarded=Discarded.REJECTED),
    )
    (only,) = turns_in(text_of(client))
    assert "data-discarded" in only
    assert "rejected" in only
    assert re.search(r"Choice 1 of 2.*One\..*Choice 2 of 2.*Two\.", only)


def test_several_messages_of_one_answer_are_no_choices(client, project):
    thought = Message("assistant", [Part("reasoning", text="Hm.")])
    tell(project.pk, agent(1, 1, "planner"), turn(2, 1, [], thought, calls("search", 1)))
    (only,) = turns_in(text_of(client))
    assert "Choice" not in only
    assert re.search(r"Hm\..*search", only)


def test_an_answer_that_the_history_divides_is_no_news(client, project):
    both = Message("assistant", [*calls("a", 1).parts, *calls("b", 2).parts])
    history = [says("user", "Go."), calls("a", 1), answers(1, "x"), calls("b", 2), answers(2, "y")]
    tell(
        project.pk,
        agent(1, 1, "planner"),
        turn(2, 1, [says("user", "Go.")], both),
        use(3, 1, "a", {}, "x", tool_call_id="c1"),
        use(4, 1, "b", {}, "y", tool_call_id="c2"),
        turn(5, 1, history, says("assistant", "Done.")),
    )
    _, second = turns_in(text_of(client))
    assert "5 earlier messages" in second
    assert 'class="call"' not in second


def test_an_agent_whose_sub_agent_speaks_first_takes_over_from_nobody(client, project):
    tell(
        project.pk,
        agent(1, 1, "lead"),
        agent(1, 2, "guard", 1, after=SECOND),
        turn(3, 2, [says("user", "Go.")], says("assistant", "Fine.")),
        turn(4, 1, [says("user", "Go.")], says("assistant", "Gone.")),
    )
    assert 'class="handover"' not in text_of(client)


def many(count):
    """Turns of two agents."""
    return [
        agent(1, 1, "even"),
        agent(1, 2, "odd"),
        *(turn(n, 1 + n % 2, [says("user", f"ask {n}")]) for n in range(3, 3 + count)),
    ]


def test_long_runs_are_read_by_pages(client, project):
    tell(project.pk, *many(120))
    text = text_of(client)
    assert f"Turns 1 to {TURNS} of 120" in text
    assert len(turns_in(text)) == TURNS
    later = re.search(r'rel="next" href="([^"]+)"', text)
    assert later
    assert "Turns 51 to 100 of 120" in text_of(client, later[1])


def test_a_selected_span_opens_its_page(client, project):
    tell(project.pk, *many(120))
    text = text_of(client, f"{PAGE}?span={122:016x}")
    (chosen,) = [each for each in turns_in(text) if 'aria-current="true"' in each]
    assert "ask 122" in chosen
    views = text.split('aria-label="Views of this run"')[1].split("</nav>")[0]
    assert views.count(f"?span={122:016x}") == 5


def test_one_agent_alone(client, project):
    tell(project.pk, *many(20))
    text = text_of(client, f"{PAGE}?agent=odd")
    assert "10 turns of odd" in text
    assert "No turn of this agent" in text_of(client, f"{PAGE}?agent=nobody")


def test_what_is_long_is_cut_and_says_so(client, project):
    given = [says("user", f"message {n}") for n in range(MOST_GIVEN + 3)]
    long = says("assistant", "x" * (SHOWN + 7))
    tell(project.pk, agent(1, 1, "planner"), turn(2, 1, given, long))
    (only,) = turns_in(text_of(client))
    assert "3 more new messages" in only
    assert "7 more characters" in only
    assert f"/traces/{uuid(1).hex}/?span={2:016x}&whole=1" in only


def test_nothing_said_is_said(client, project):
    tell(project.pk, agent(1, 1, "planner"), call(1, 2, 1))
    assert "What was said is not known." in text_of(client)
    assert "Nobody spoke" in text_of(client, PAGE) or turns_in(text_of(client))


@pytest.mark.parametrize("query", ["from=x", "from=99999", "span=x", "agent=%00", "agent="])
def test_nonsense_in_the_address_is_no_error(client, project, query):
    tell(project.pk, *conversation())
    assert client.get(f"{PAGE}?{query}").status_code == 200


def test_the_number_of_queries_does_not_grow(client, project):
    counts = []
    for count in (4, 90):
        tell(project.pk, *many(count))
        client.get(PAGE)
        with CaptureQueriesContext(connection) as found:
            client.get(PAGE)
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_hostile_texts_are_text(client, project):
    tell(
        project.pk,
        agent(1, 1, HOSTILE),
        turn(2, 1, [says(HOSTILE, HOSTILE)], calls(HOSTILE, 1, q=HOSTILE), model=HOSTILE),
        use(3, 1, HOSTILE, HOSTILE, HOSTILE, tool_call_id="c1"),
    )
    text = client.get(PAGE).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_a_trace_of_another_project(client, project):
    tell(Project.objects.create(name="other").pk, *conversation())
    assert client.get(PAGE).status_code == 404
