"""Whatever a trace says is text on every page."""

from __future__ import annotations

import re

import pytest

from tests.kit.hostile import CORPUS
from tests.ui.hostile import RUN, addresses, call_of, hostile_runs

pytestmark = pytest.mark.usefixtures("embedded")
MARKUP = [text for text in CORPUS if "<" in text]


def test_hostile_text_is_text_everywhere(client, project, subtests):
    hostile_runs(project)
    for address in addresses(range(0, len(CORPUS), 3)):
        with subtests.test(address):
            answer = client.get(f"/p/shop/{address}", follow=True)
            assert answer.status_code == 200
            assert [text for text in MARKUP if text in answer.text] == []
            assert 'href="javascript' not in answer.text
            assert "alert(1)" in answer.text


def test_files_have_harmless_names_and_are_kept_not_opened(client, project):
    hostile_runs(project)
    for number, text in enumerate(CORPUS):
        at = f"/attributes/{text.replace('~', '~0').replace('/', '~1')}"
        place = f"/p/shop/traces/{RUN.hex}/spans/{call_of(number):016x}/value/"
        answer = client.get(place, {"at": at, "as": "file"})
        assert answer.status_code == 200
        assert re.fullmatch(r'attachment; filename="[\w.-]+"', answer["Content-Disposition"])
        assert answer["X-Content-Type-Options"] == "nosniff"
