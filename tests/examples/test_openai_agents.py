"""The OpenAI Agents SDK: the hook of a run, streamed or not."""

import pytest

from tests.examples.installed import python_with
from tests.examples.laws import Laws
from tests.examples.running import Example

pytestmark = pytest.mark.slow


class TestOpenAIAgents(Laws):
    @pytest.fixture(
        params=[
            pytest.param((), id="plain"),
            pytest.param(("streamed",), id="streamed", marks=pytest.mark.heavy),
        ]
    )
    def example(self, request: pytest.FixtureRequest) -> Example:
        return Example(python_with("openai_agents"), "openai_agents_hook.py", request.param)
