"""The page of two runs beside each other."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.compare import contents as bounded
from agentscope.projects.models import Project
from agentscope.traces.models import Trace
from agentscope.vocabulary import Content, ErrorClass, Kind, Status
from tests.kit.costs import agent, call, span, tell, trace_id, uuid
from ui.views import compare as view

SECOND = 10**9
PAGE = f"/p/shop/traces/{uuid(2).hex}/compare/"
HOSTILE = "<script>alert(1)</script>\"'"

pytestmark = pytest.mark.usefixtures("embedded")


def use(trace, number, tool="search", asked="cats", **said):
    return span(
        trace,
        number,
        1,
        (trace + number) * SECOND,
        kind=Kind.TOOL,
        tool=tool,
        name=tool,
        content=Content(arguments={"q": asked}, result=f"found {asked}"),
        **said,
    )


def run(trace, *tools, usd="0.25", name="lead"):
    """A lead that calls a model and then some tools."""
    steps = (use(trace, number, tool) for number, tool in enumerate(tools, 3))
    begun = trace * SECOND
    lead = span(trace, 1, after=begun, kind=Kind.AGENT, agent=name, name=name)
    return [lead, call(trace, 2, 1, usd, after=begun), *steps]


def beside(trace=1, **said) -> dict[str, str]:
    return {"with": uuid(trace).hex, **said}


def text_of(client, said=None, page=PAGE) -> str:
    return html.unescape(" ".join(client.get(page, said or {}).text.split()))


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_what_both_cost_and_by_how_much_they_differ(client, project):
    tell(project.pk, *run(1, "search"), *run(2, "search", usd="1.5"))
    text = plain(text_of(client, beside()))
    assert "Cost $1.50 $0.2500 +$1.25" in text
    assert "Tool calls 1 1 same" in text
    assert "All 3 steps 3 / 3 $1.50 $0.2500 +$1.25" in text


def test_a_step_that_is_only_in_one_of_them_says_so(client, project):
    tell(project.pk, *run(1, "fetch"), *run(2, "search"))
    text = plain(text_of(client, beside()))
    assert re.search(r"tool: search only here lead", text)
    assert re.search(r"tool: fetch only there lead", text)
    assert "After 2 equal steps of lead, this run goes on with search;" in text
    assert "the other one goes on with fetch." in text
    assert '"q": "cats"' in text


def test_other_arguments_of_the_same_step(client, project):
    tell(project.pk, *run(1), use(1, 3, asked="cats"), *run(2), use(2, 3, asked="dogs"))
    text = plain(text_of(client, beside()))
    assert "All agents took the same steps in both runs." in text
    assert "The first step that was given something else is the tool search of lead." in text
    assert '"q": "dogs"' in text
    assert '"q": "cats"' in text


def test_unknown_costs_are_not_nothing(client, project):
    tell(project.pk, *run(1), *run(2, usd=""), call(2, 9, 1, "", model="no-such-model"))
    text = text_of(client, beside())
    assert "unknown" in plain(text).split("Where they part")[0]
    assert "1 charge of unknown cost; of what is known" in text


def test_contents_are_shown_from_where_they_differ(client, project):
    long = "the same " * 200
    tell(project.pk, *run(1), use(1, 3, asked=f"{long}cats"))
    tell(project.pk, *run(2), use(2, 3, asked=f"{long}dogs"))
    text = plain(text_of(client, beside()))
    assert re.search(r"Given 1,\d{3} equal characters … [a-z ]*the same dogs\" }", text)
    assert re.search(r"Given 1,\d{3} equal characters … [a-z ]*the same cats\" }", text)


def test_how_many_steps_are_in_both_runs(client, project):
    tell(project.pk, *run(1, "fetch"))
    tell(project.pk, *run(2, "search"))
    text = plain(text_of(client, beside()))
    assert (
        "4 steps: 2 in both, 1 only here, 1 only there. Those come first that differ most" in text
    )


def test_wholly_different_runs(client, project):
    tell(project.pk, agent(1, 1, "lead"))
    tell(project.pk, *run(2, "search", name="other"))
    text = plain(text_of(client, beside()))
    assert "4 steps: No step of the one run is in the other." in text
    assert "The other run is called work." in text


def test_a_run_that_goes_on_is_not_done(client, project):
    tell(project.pk, *run(1, "search", "fetch"))
    tell(project.pk, *run(2, "search"))
    Trace.objects.update(state=Trace.State.ENDED)
    text = plain(text_of(client, beside()))
    assert "this run is done; the other one goes on with fetch" in text
    assert "still going on" not in text
    Trace.objects.filter(trace_id=uuid(2)).update(state=Trace.State.RUNNING)
    text = plain(text_of(client, beside()))
    assert "this run has not come further yet; the other one goes on with fetch" in text
    assert "This run is still going on: compared is what has come so far." in text


def test_a_jump_is_no_failure(client, project):
    jump = {"status": Status.OK, "error_class": ErrorClass.CONTROL_FLOW}
    tell(project.pk, *run(1), use(1, 3, **jump))
    tell(project.pk, *run(2), use(2, 3, "fetch", status=Status.ERROR))
    table = plain(text_of(client, beside()).split('class="table along"')[1].split("</table>")[0])
    assert "fetch failed" in table
    assert "search failed" not in table


def test_links_lead_to_the_spans_of_both_runs(client, project):
    tell(project.pk, *run(1, "fetch"), *run(2, "search"))
    text = text_of(client, beside())
    for trace in (1, 2):
        address = f"/p/shop/traces/{uuid(trace).hex}/?span={3:016x}"
        assert f'href="{address}"' in text
        assert client.get(address).status_code == 200


def test_the_other_way_round(client, project):
    tell(project.pk, *run(1), *run(2, usd="1.5"))
    swapped = re.search(r'href="([^"]+)">The other way round', text_of(client, beside()))
    assert swapped
    assert "Cost $0.2500 $1.50 -$1.25" in plain(text_of(client, page=swapped[1]))


def test_steps_come_in_pages_and_in_other_orders(client, project, monkeypatch):
    monkeypatch.setattr(view, "STEPS", 2)
    tell(project.pk, *run(1, "a", "b", "c"), *run(2, "a", "b", "d", "d"))
    text = text_of(client, beside(order="times"))
    table = text.split('id="steps"')[1]
    assert "only there" in table or "only here" in table
    later = re.search(r'rel="next" href="([^"]+)"', table)
    assert later
    rest = text_of(client, page=later[1].split("#")[0]).split('id="steps"')[1]
    assert 'rel="prev"' in rest
    named = re.findall(r"</span>(\w+)</a>", table) + re.findall(r"</span>(\w+)</a>", rest)
    assert len(set(named)) == len(named), "no step is on both pages"


def test_the_run_before_is_found_by_its_name(client, project):
    tell(project.pk, *run(1), *run(2))
    answer = client.get(PAGE, {"with": "previous"})
    assert (answer.status_code, answer["location"]) == (302, f"{PAGE}?with={uuid(1).hex}")


def test_there_is_no_run_before(client, project):
    tell(project.pk, *run(2), *run(3))
    text = text_of(client, {"with": "previous"})
    assert "No run of this name or agent is among those before this one." in text
    assert f"with={uuid(3).hex}" in text, "the one after is offered"


def test_runs_to_choose_from(client, project):
    tell(project.pk, *run(1), *run(2), *run(3), *run(4, name="other"))
    text = text_of(client)
    assert "Of the same name" in text
    assert "Of the same agent" in text
    listed = re.findall(r"with=([0-9a-f]{32})", text.split("Of the same agent")[0])
    assert listed == [uuid(3).hex, uuid(1).hex]
    assert uuid(4).hex not in text


def test_what_is_no_id_is_said(client, project):
    tell(project.pk, *run(2))
    assert "is no id of a trace" in text_of(client, {"with": "nonsense"})
    assert "No run like this one is near" in text_of(client)


@pytest.mark.parametrize(
    "query", ["order=x", "from=x", "from=99999", "span=x", "order=time&from=1"]
)
def test_nonsense_in_the_address_is_no_error(client, project, query):
    tell(project.pk, *run(1), *run(2))
    assert client.get(f"{PAGE}?with={uuid(1).hex}&{query}").status_code == 200


def test_traces_of_another_project(client, project):
    tell(Project.objects.create(name="other").pk, *run(1))
    tell(project.pk, *run(2))
    assert client.get(PAGE, beside()).status_code == 404
    swapped = f"/p/shop/traces/{uuid(1).hex}/compare/"
    assert client.get(swapped).status_code == 404
    assert client.get(swapped, beside(2)).status_code == 404


def test_the_number_of_queries_does_not_grow(client, project):
    counts = []
    for tools in (3, 40):
        tell(project.pk, *run(1, *["a"] * tools), *run(2, *["a"] * (tools - 1), "b"))
        client.get(PAGE, beside())
        with CaptureQueriesContext(connection) as found:
            client.get(PAGE, beside())
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_what_is_not_looked_at_is_said(client, project, monkeypatch):
    monkeypatch.setattr(bounded, "MOST_READ", 2)
    tell(project.pk, *run(1, "a", "b"), *run(2, "a", "b"))
    text = text_of(client, beside())
    assert "Compared by their contents: 2 steps of 4 that are the same" in text


def test_hostile_names_and_contents_are_text(client, project):
    failed = {"status": Status.ERROR, "error_class": "timeout"}
    for trace in (1, 2):
        steps = [use(trace, 3, HOSTILE, f"{HOSTILE}{trace}"), use(trace, 4, f"{HOSTILE}{trace}")]
        tell(project.pk, agent(trace, 1, HOSTILE), *steps, use(trace, 5, HOSTILE, **failed))
    for said in ({}, beside(), {"with": HOSTILE}):
        assert "<script>alert" not in client.get(PAGE, said).text


def test_the_selected_span_goes_along(client, project):
    tell(project.pk, *run(1), *run(2))
    text = text_of(client, beside(span=f"{2:016x}"))
    views = text.split('aria-label="Views of this run"')[1].split("</nav>")[0]
    assert views.count(f"?span={2:016x}") == 5
    assert 'aria-current="page">Compare' in views
    assert trace_id(1) != trace_id(2)
