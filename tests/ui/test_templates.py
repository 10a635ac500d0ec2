"""Habits of the templates: nothing inline, styles carry numbers only."""

import re
from pathlib import Path

import pytest

UI = Path(__file__).parents[2] / "ui"
TEMPLATES = sorted((UI / "templates").rglob("*.html"))


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(UI)))
def test_nothing_is_inline(file):
    text = file.read_text()
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\son\w+=|hx-on|javascript:", text)
    for style in re.findall(r'style="([^"]*)"', text):
        assert all(rule.strip().startswith(("--", "{%")) for rule in style.split(";"))
    assert "|safe" not in text
    assert "autoescape" not in text


def test_own_scripts_stay_small():
    lines = sum(len(file.read_text().splitlines()) for file in (UI / "static/js").glob("*.js"))
    assert lines < 600
