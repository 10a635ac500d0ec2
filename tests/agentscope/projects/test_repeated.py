"""Which tools do their work each time, as a project says."""

import pytest

from agentscope.projects.models import ToolEffects
from agentscope.projects.repeated import MOST_TOOLS, BadEffects, Effects, effects_of, set_effects
from agentscope.projects.write import create_project
from tests.kit.changes import noted

pytestmark = pytest.mark.django_db


def test_what_comes_to_the_same_goes_first():
    said = Effects(each_time=("erp_*", "pay"), once=("erp_set_*",))
    assert [said.says(tool) for tool in ("erp_book", "pay", "erp_set_state", "payroll")] == [
        *(True, True, False, None)
    ]


def test_only_a_star_stands_for_anything_else():
    said = Effects(each_time=("search[web]", "what?", "a*[b]"))
    tools = ("search[web]", "what?", "a1[b]", "searchw", "whats", "a1b")
    assert [said.says(tool) for tool in tools] == [True, True, True, None, None, None]


def test_they_are_set_and_noted():
    shop, other = create_project("shop"), create_project("other")
    assert effects_of(shop.pk) == Effects()
    set_effects(shop, [" pay ", "", "pay"], ["ensure_user"], "ada")
    set_effects(shop, ["pay", "erp_*"], [], "ada")
    assert effects_of(shop.pk) == Effects(("erp_*", "pay"), ())
    assert effects_of(other.pk) == Effects()
    assert len(noted()) == 2


@pytest.mark.parametrize(
    ("names", "field"),
    [(["x" * 201], "once"), ([f"t{number}" for number in range(MOST_TOOLS + 1)], "each_time")],
    ids=["a long name", "many names"],
)
def test_what_is_too_much(names, field):
    shop = create_project("shop")
    with pytest.raises(BadEffects) as wrong:
        set_effects(shop, **{"each_time": [], "once": [], "who": "ada", field: names})
    assert wrong.value.errors.keys() == {field}
    assert not ToolEffects.objects.exists()
