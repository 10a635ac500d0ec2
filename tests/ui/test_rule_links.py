"""The form of a rule begins with what a page is about."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from agentscope.findings.models import Cause
from agentscope.search.saved import save_view
from tests.kit.costs import call, tell, uuid
from ui.rule_links import of_cause, of_costs, of_filter

NEW = "/p/shop/alerts/rules/new/"


def said(address: str) -> dict[str, str]:
    """What an address says to the form."""
    parts = urlsplit(address)
    assert parts.path == NEW
    asked = parse_qs(parts.query, keep_blank_values=True, strict_parsing=True)
    return {name: value for name, (value,) in asked.items()}


def test_a_filter_is_carried_without_the_looks_of_the_list():
    asked = said(of_filter("shop", "status=error&agent=a%26b&columns=cost&range=24h&facets=1", "v"))
    assert asked["filter"] == "status=error&agent=a%26b"
    assert (asked["metric"], asked["each"], asked["name"]) == ("runs", "", "v")
    assert of_filter("shop", "columns=cost&range=24h", "") == ""


def test_a_cause_is_carried_with_its_agent():
    asked = said(of_cause("shop", Cause(code="exact_repeat", agent="planner")))
    assert (asked["metric"], asked["of"], asked["only_agent"]) == (
        *("findings", "exact_repeat", "planner"),
    )
    assert asked["name"] == "Exact repeat of planner"
    assert "name" not in said(of_cause("shop", Cause(code="exact_repeat", agent="a/b")))
    assert "only_agent" not in said(of_cause("shop", Cause(code="exact_repeat")))


def test_what_is_picked_of_costs_is_carried_whole_or_not_at_all():
    asked = said(of_costs("shop", {"agent": "planner", "within": "a/b"}, "model"))
    assert (asked["only_agent"], asked["only_path"], asked["each"]) == ("planner", "a/b", "model")
    assert said(of_costs("shop", {"agent": "planner"}, "agent"))["each"] == ""
    assert said(of_costs("shop", {}, "provider"))["each"] == ""
    for picked in ({"provider": "x"}, {"path": "a"}, {"agent": ""}, {"attribute:tenant": "x"}):
        assert of_costs("shop", picked, "agent") == ""


def test_the_form_begins_with_it_and_shows_what_it_would_have_done(client, embedded, project):
    text = client.get(of_filter("shop", "agent=planner", "")).text
    assert 'value="agent=planner"' in re.search(r'<input[^>]*name="filter"[^>]*>', text)[0]
    assert re.search(r'<option value="runs" selected>', text)
    assert "load" in re.search(r'hx-trigger="([^"]+)"\s+hx-target="#preview"', text)[1]
    plain = client.get(NEW).text
    assert "load" not in re.search(r'hx-trigger="([^"]+)"\s+hx-target="#preview"', plain)[1]
    assert client.get(f"{NEW}?metric=nonsense&each=%00&window_unit=x").status_code == 200


@pytest.mark.parametrize(
    ("asked", "is_offered"),
    [("status=error", True), ("", False), ("q=order", False), ("min_cost=x", False)],
)
def test_the_list_of_traces_offers_it_where_a_rule_can_have_the_filter(
    client, embedded, project, asked, is_offered
):
    tell(project.pk, call(1, 1, 0, "3", name="think"))
    assert ("Alert on these" in client.get(f"/p/shop/traces/?{asked}").text) == is_offered


def test_a_saved_view_gives_its_name(client, embedded, project):
    tell(project.pk, call(1, 1, 0, "3", name="think"))
    save_view(project.pk, "failed", "status=error", "ada")
    text = client.get("/p/shop/traces/?status=error").text
    assert "name=failed" in re.search(r'<a href="([^"]+)">Alert on these', text)[1]


def test_costs_offer_it(client, embedded, project):
    tell(project.pk, call(1, 1, 0, "3", name="think"))
    address = "/p/shop/costs/?range=dates&since=2026-01-01&until=2026-12-31"
    assert "Alert on this" in client.get(address).text
    assert "Alert on this" not in client.get(f"{address}&provider=openai").text


def test_a_cause_leads_to_a_rule_on_the_like_of_it(client, embedded, project):
    cause = Cause.objects.create(
        project_id=project.pk, fingerprint=uuid(7), code="exact_repeat", agent="a&b", findings=1
    )
    text = client.get(reverse("cause", args=["shop", cause.fingerprint])).text
    (address,) = re.findall(r'<a href="([^"]+)">Alert on this', text)
    form = client.get(unescape(address)).text
    for value in ("findings", "exact_repeat"):
        assert f'<option value="{value}" selected>' in form
    for name, value in (("only_agent", "a&amp;b"), ("threshold", "1")):
        assert f'value="{value}"' in re.search(rf'<input[^>]*name="{name}"[^>]*>', form)[0]
