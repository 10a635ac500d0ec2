"""Mappings of attributes, what costs are grouped by, and the log of both."""

import pytest

from agentscope.projects.changes import changes_of, note_change
from agentscope.projects.costs import BadSetting, set_costs
from agentscope.projects.mappings import (
    FIELDS,
    MOST_MAPPINGS,
    BadMapping,
    Wishes,
    add_mapping,
    remove_mapping,
    wishes_of,
)
from agentscope.projects.models import AttributeMapping, Project
from tests.kit.changes import noted

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return Project.objects.create(name="shop")


def test_a_mapping_is_added_noted_and_removed(shop):
    mapping = add_mapping(shop, " acme.bot ", "agent", "ada")
    add_mapping(shop, "acme.in", "input_tokens", "ada")
    assert wishes_of(shop.pk).mappings == (("acme.bot", "agent"), ("acme.in", "input_tokens"))
    remove_mapping(mapping, "bob")
    assert wishes_of(shop.pk).mappings == (("acme.in", "input_tokens"),)
    newest, *_, oldest = changes_of(shop.pk, None, 10)
    assert (newest.who, newest.what) == (
        "bob",
        "Removed the mapping of the attribute acme.bot to agent",
    )
    assert (oldest.who, oldest.what) == ("ada", "Mapped the attribute acme.bot to agent")
    assert oldest.details == {"after": {"attribute": "acme.bot", "field": "agent"}}


@pytest.mark.parametrize(
    ("attribute", "field", "blamed"),
    [
        ("", "agent", {"attribute"}),
        ("  ", "agent", {"attribute"}),
        ("a" * 201, "agent", {"attribute"}),
        ("a\0b", "agent", {"attribute"}),
        ("a", "shoes", {"field"}),
        ("", "", {"attribute", "field"}),
    ],
)
def test_what_cannot_be_a_mapping_says_why(shop, attribute, field, blamed):
    with pytest.raises(BadMapping) as refused:
        add_mapping(shop, attribute, field, "ada")
    assert refused.value.errors.keys() == blamed
    assert not noted()


def test_a_mapping_is_there_once_and_there_are_not_too_many(shop):
    add_mapping(shop, "a", "agent", "ada")
    with pytest.raises(BadMapping, match="already"):
        add_mapping(shop, "a", "agent", "ada")
    AttributeMapping.objects.bulk_create(
        AttributeMapping(project=shop, attribute=str(number), field="user")
        for number in range(MOST_MAPPINGS - 1)
    )
    with pytest.raises(BadMapping, match="at most"):
        add_mapping(shop, "b", "agent", "ada")


def test_projects_do_not_share_mappings_or_changes(shop):
    other = Project.objects.create(name="other")
    add_mapping(other, "a", "agent", "ada")
    assert wishes_of(shop.pk) == Wishes()
    assert changes_of(shop.pk, None, 10) == []


def test_a_field_that_is_gone_is_passed_over(shop):
    AttributeMapping.objects.create(project=shop, attribute="a", field="shoes")
    assert wishes_of(shop.pk) == Wishes()
    assert "shoes" not in FIELDS


def test_costs_are_set_and_only_changes_are_noted(shop):
    assert set_costs(shop, "computed", [" tenant ", "", "tenant", "feature"], "ada")
    shop.refresh_from_db()
    assert (shop.cost_policy, shop.cost_attributes) == ("computed", ["tenant", "feature"])
    assert wishes_of(shop.pk).attributes == ("tenant", "feature")
    assert [change.what for change in changes_of(shop.pk, None, 10)] == [
        "Costs are now grouped by tenant, feature",
        "The cost that counts is now the one computed from the price list",
    ]
    assert not set_costs(shop, "computed", ["tenant", "feature"], "ada")
    assert len(noted()) == 2


@pytest.mark.parametrize(
    ("policy", "attributes", "blamed"),
    [
        ("free", [], {"policy"}),
        ("computed", list("abcdef"), {"attributes"}),
        ("computed", ["a\0"], {"attributes"}),
        ("", ["x" * 201], {"policy", "attributes"}),
    ],
)
def test_costs_that_cannot_be_set_say_why(shop, policy, attributes, blamed):
    with pytest.raises(BadSetting) as refused:
        set_costs(shop, policy, attributes, "ada")
    assert refused.value.errors.keys() == blamed


def test_changes_are_read_in_pages(shop):
    for number in range(5):
        note_change("project", shop.pk, "ada", f"Change {number}", {})
    first = changes_of(shop.pk, None, 3)
    rest = changes_of(shop.pk, first[-1].position, 3)
    assert [change.what for change in first + rest] == [f"Change {n}" for n in (4, 3, 2, 1, 0)]
