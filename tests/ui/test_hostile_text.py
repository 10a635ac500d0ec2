"""Whatever a trace says is text on every page."""

from __future__ import annotations

import pytest

from tests.kit.hostile import CORPUS
from tests.ui.hostile import addresses, hostile_runs

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
