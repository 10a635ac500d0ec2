"""What the keys of mentions stand for, as a text spells them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.signatures.mentions import Role, mentions, read
from agentscope.signatures.spelled import spelled
from agentscope.vocabulary import Content, Kind, Meaning

WORDS = st.lists(
    st.sampled_from(
        [
            *("https://www.Shop.org/a?b=1", "http://user@evil.example:80/x", "Help@Evil.org"),
            *(
                "[hashed email 0123456789ab]",
                "plain words",
                "shop.org",
                "a@b",
                "https://",
                "\N{SNOWMAN}",
            ),
        ]
    )
)


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("see https://www.Shop.org/a", {"shop.org"}),
        ({"to": "Help@Evil.org"}, {"help@evil.org"}),
        (None, set()),
        ("nothing", set()),
    ],
)
def test_values(said, values):
    assert set(spelled(Role.ASKED, said).values()) == values


@given(WORDS, WORDS)
def test_every_key_of_a_step_is_spelled_by_its_content(asked, given_back):
    content = Content(arguments={"all": asked}, result=" ".join(given_back))
    found = list(read(mentions(Meaning(Kind.TOOL, content=content))))
    for role, said in ((Role.ASKED, content.arguments), (Role.GIVEN, content.result)):
        keys = {each.key for each in found if each.role == role}
        assert keys == set(spelled(role, said))
