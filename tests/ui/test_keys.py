"""The keys that sent a trace: the list is filtered by them, its pages name them."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.projects.models import Key
from agentscope.projects.write import create_key, create_project
from agentscope.traces.models import Trace
from tests.kit.costs import agent, call, sent, tell, uuid
from tests.ui.test_finding_traces import facets
from tests.ui.test_traces import LIST, names

pytestmark = pytest.mark.usefixtures("embedded")


@pytest.fixture
def keys(project) -> tuple[str, str]:
    """Two keys by their names. Both sent the first trace, one the second, none the third."""
    one, other = (create_key(project, Key.Scope.INGEST, label)[0] for label in ("shop & co", "ci"))
    tell(
        project.pk,
        *sent(other.pk, agent(1, 1, "both")),
        *sent(one.pk, call(1, 2, 1, "0.10"), call(1, 3, 1, "0.10")),
        *sent(other.pk, agent(2, 1, "second")),
        *sent(None, agent(3, 1, "open")),
    )
    for number, name in ((1, "both"), (2, "second"), (3, "open")):
        Trace.objects.filter(trace_id=uuid(number)).update(name=name)
    return one.name, other.name


def listed(client, **said: str) -> set[str]:
    return set(names(client.get(f"{LIST}?{urlencode(said)}")))


def test_a_trace_of_several_keys_is_found_by_each(client, keys):
    one, other = keys
    assert listed(client, key=one) == {"both"}
    assert listed(client, key=other) == {"both", "second"}
    assert listed(client, key="ci") == set()


def test_they_are_conditions_in_the_box_too(client, keys):
    one, other = keys
    assert listed(client, q=f'key="{one}"') == {"both"}
    assert listed(client, q=f'key != "{other}"') == {"open"}
    assert listed(client, q="key=*") == {"both", "second"}
    assert listed(client, q=f'key in ("{one}", "{other}")') == {"both", "second"}


def test_facets_count_them_and_filter_by_them(client, keys):
    text = client.get(f"{LIST}?facets=1").text
    shown = {unescape(name): count for name, count in facets(text).items()}
    assert (shown[keys[0]], shown[keys[1]]) == (1, 2)
    escaped = re.escape(keys[0].replace("&", "&amp;"))
    [narrower] = re.findall(rf'href="([^"]+)" *><span class="words">{escaped}<', text)
    assert names(client.get(unescape(narrower))) == ["both"]


def test_the_filter_offers_them_where_there_are_some(client, keys):
    text = client.get(LIST).text
    for name in keys:
        assert f'<option value="{name.replace("&", "&amp;")}">' in text
    Trace.objects.filter(keys__len__gt=0).delete()
    assert 'name="key"' not in client.get(LIST).text


def test_a_column_shows_them(client, keys):
    text = client.get(f"{LIST}?columns=keys").text
    assert ", ".join(keys) in unescape(text)


def test_the_page_of_a_trace_names_them_and_leads_to_the_rest_of_them(client, keys):
    text = client.get(f"{LIST}{uuid(1).hex}/").text
    assert "<dt>Sent with</dt>" in text
    found = re.findall(r'href="([^"]+)"\s+title="All that was sent with key [^"]+">([^<]+)<', text)
    assert [unescape(name) for _, name in found] == list(keys)
    assert set(names(client.get(unescape(found[1][0])))) == {"both", "second"}


def test_a_span_names_its_own(client, keys):
    for span, name in (("1", keys[1]), ("2", keys[0])):
        text = client.get(f"{LIST}{uuid(1).hex}/?span={span:0>16}").text
        assert re.search(rf"<dt>Sent with key</dt>\s*<dd>\s*{re.escape(name)}", unescape(text))


def test_nothing_is_said_where_none_was_needed(client, keys):
    text = client.get(f"{LIST}{uuid(3).hex}/?span={1:0>16}").text
    assert "Sent with" not in text


def test_what_other_projects_sent_is_not_found_by_its_key(client, keys):
    other = create_project("other")
    foreign, _ = create_key(other, Key.Scope.INGEST, "ci")
    tell(other.pk, *sent(foreign.pk, agent(4, 1, "foreign")))
    assert listed(client, key=foreign.name) == set()
    assert foreign.name not in client.get(LIST).text


def test_pages_take_as_many_queries_however_many_spans_each_key_sent(client, project, keys):
    def queries(*addresses: str) -> list[int]:
        client.get(addresses[0])  # names of keys are kept by then
        return [taken(client, each) for each in addresses]

    page = f"{LIST}{uuid(1).hex}/"
    pages = (f"{page}?span={2:0>16}", page, f"{LIST}?facets=1&columns=keys")
    few = queries(*pages)
    more = [call(1, number, 1, "0.01") for number in range(4, 60)]
    one, other = (int(name.rpartition("#")[2]) for name in keys)
    tell(project.pk, *sent(one, *more[::2]), *sent(other, *more[1::2]))
    assert queries(*pages) == few


def taken(client, address: str) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.mark.parametrize("page", ["alerts/rules/new/", "budgets/new/"])
def test_forms_of_rules_and_budgets_offer_the_names_that_are_known(client, keys, page):
    text = client.get(f"/p/shop/{page}").text
    for kind, name in (("agent", "second"), ("model", "gpt-4o"), ("key", keys[0])):
        assert re.search(rf'<input[^>]* list="known-{kind}"[^>]*>', text)
        [offered] = re.findall(rf'<datalist id="known-{kind}">(.*?)</datalist>', text, re.DOTALL)
        assert f'<option value="{name.replace("&", "&amp;")}">' in offered
    assert 'list="known-session"' not in text
    assert "names of late are offered" not in text


@pytest.mark.parametrize("page", ["alerts/rules/new/", "budgets/new/"])
def test_forms_take_as_many_queries_however_many_names_there_are(client, project, keys, page):
    few = taken(client, f"/p/shop/{page}")
    tell(project.pk, *(agent(9, number, f"agent {number}") for number in range(1, 40)))
    assert taken(client, f"/p/shop/{page}") == few
