import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.hostile import CORPUS
from ui.markdown import ELEMENTS, MOST, is_marked, markdown

TAG = re.compile(r"<(/?)([a-z0-9]+)([^>]*)>")


def tags(html):
    return {(name, rest.strip()) for _, name, rest in TAG.findall(html)}


def test_what_people_write_is_shown():
    html = markdown(
        "# Plan\n\n1. **search** `cats`\n2. ~~dogs~~\n\n| a | b |\n|--|:-:|\n| 1 | 2 |\n"
    )
    for part in ("<h4>Plan</h4>", "<strong>search</strong>", "<code>cats</code>", "<s>dogs</s>"):
        assert part in html
    assert "<td>1</td>" in html


def test_links_do_not_lead_away_and_say_their_address():
    html = markdown("[our shop](https://evil.example/?q=1) and <https://evil.example/x>")
    assert "<a" not in html
    assert "our shop <code>https://evil.example/?q=1</code>" in html
    assert html.count("https://evil.example/x") == 1


def test_images_are_not_fetched():
    html = markdown("![cat](https://evil.example/cat.png)")
    assert "<img" not in html
    assert "image: cat <code>https://evil.example/cat.png</code>" in html


@pytest.mark.parametrize("text", CORPUS)
def test_hostile_text_makes_no_element_and_no_attribute_of_its_own(text):
    for said in (
        text,
        f"- {text}",
        f"> {text}\n\n```html\n{text}\n```",
        f"[x]({text})",
        f"|{text}|",
    ):
        for name, rest in tags(markdown(said)):
            assert name in ELEMENTS
            assert rest == "" or (name == "ol" and re.fullmatch(r'start="\d+"', rest))


@given(st.text(st.sampled_from("<>[]()!`*_#|-&;\"'= \nabhref:/"), max_size=60))
def test_no_text_makes_more_than_the_elements_that_are_known(text):
    for name, rest in tags(markdown(text)):
        assert name in ELEMENTS
        assert "=" not in rest.replace('start="', "")


@pytest.mark.parametrize("text", ["[", "*a ", "![](", "[a](b", "_*", "> ", "|a", "<a ", "&"])
def test_no_text_takes_long(text):
    began = time.process_time()
    markdown(text * (MOST // len(text) + 1))
    assert time.process_time() - began < 5


def test_only_what_looks_like_markdown_is_offered():
    assert all(map(is_marked, ["# Plan", "a **b**", "- a\n- b", "`x`", "[a](b)", "1. a"]))
    assert not any(map(is_marked, ["How many cats?", "3 * 4 = 12", "a - b", ""]))
