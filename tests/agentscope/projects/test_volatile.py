"""Fields that a project does not compare."""

import pytest

from agentscope.projects.mappings import wishes_of
from agentscope.projects.models import VolatileFields
from agentscope.projects.volatile import MOST_FIELDS, BadFields, set_volatile, volatile_of
from agentscope.projects.write import create_project
from tests.kit.changes import noted

pytestmark = pytest.mark.django_db


def test_they_are_set_and_noted_and_are_wishes():
    shop, other = create_project("shop"), create_project("other")
    assert volatile_of(shop.pk) == ()
    set_volatile(shop, [" server_load ", "", "server_load", "Lease"], "ada")
    assert volatile_of(shop.pk) == wishes_of(shop.pk).volatile == ("Lease", "server_load")
    assert wishes_of(other.pk).volatile == ()
    set_volatile(shop, [], "bob")
    assert volatile_of(shop.pk) == ()
    newest, oldest = reversed(noted())
    assert (newest.who, newest.details["before"]) == ("bob", ["Lease", "server_load"])
    assert oldest.what == "Steps are now compared without Lease, server_load"


@pytest.mark.parametrize(
    "names",
    [["x" * 65], ["a\0b"], [f"field{number}" for number in range(MOST_FIELDS + 1)]],
    ids=["a long name", "no name", "many names"],
)
def test_what_cannot_be_left_out_says_why(names):
    shop = create_project("shop")
    with pytest.raises(BadFields):
        set_volatile(shop, names, "ada")
    assert not VolatileFields.objects.exists()
    assert not noted()
