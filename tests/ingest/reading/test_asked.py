"""The model in a raw request."""

import pytest

from ingest.reading.asked import model_asked


@pytest.mark.parametrize("value", [{"model": "gpt-4o"}, '{"messages": [], "model": "gpt-4o"}'])
def test_the_model_among_the_parameters(value: object) -> None:
    assert model_asked(value) == "gpt-4o"


@pytest.mark.parametrize("value", ["", "gpt-4o", '["model"]', '{"text": "\\"model\\""}', {}, None])
def test_none(value: object) -> None:
    assert model_asked(value) is None
