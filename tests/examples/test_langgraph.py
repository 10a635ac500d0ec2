"""LangGraph: the callback for every graph, and the middleware of `create_agent`."""

import pytest

from tests.examples.installed import python_with
from tests.examples.laws import Laws
from tests.examples.running import Example

pytestmark = pytest.mark.slow


class TestLangGraph(Laws):
    @pytest.fixture(params=[(), ("middleware",)], ids=["plain", "middleware"])
    def example(self, request: pytest.FixtureRequest) -> Example:
        return Example(python_with("langgraph"), "langgraph_hook.py", request.param)
