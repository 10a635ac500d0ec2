"""Names in addresses."""

from urllib.parse import unquote, urlsplit

import pytest
from django.urls import resolve, reverse
from hypothesis import given
from hypothesis import strategies as st

from ui.converters import Name

ODD = [
    "a/b/../c?x=1&y=2#z",
    "..",
    ".",
    "a//b",
    "/a",
    "a/",
    "100 %",
    "a%2Fb",
    "a/./b",
    "two\nlines",
    "planner/researcher",
]


def name_in(address: str) -> str:
    """What a server makes of an address that a browser sends."""
    return str(resolve(unquote(urlsplit(address).path)).kwargs["name"])


@pytest.mark.parametrize("name", ODD)
def test_an_odd_name_survives_its_address(name: str):
    address = reverse("agent", args=["shop", name])
    assert not {"", ".", ".."} & set(address.removeprefix("/").removesuffix("/").split("/"))
    assert name_in(address) == name


def test_a_plain_name_stays_as_it_is():
    assert reverse("agent", args=["shop", "planner/researcher"]).endswith("/planner/researcher/")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_every_name_comes_back(name: str):
    converter = Name()
    assert converter.to_python(converter.to_url(name)) == name
    assert name_in(reverse("agent", args=["shop", name])) == name
