"""LangGraph: the callback for every graph, and the middleware of `create_agent`."""

import pytest

from tests.examples.installed import python_with
from tests.examples.laws import Laws
from tests.examples.running import Example

pytestmark = pytest.mark.slow


class TestLangGraph(Laws):
    @pytest.fixture(
        params=[
            pytest.param((), id="plain"),
            pytest.param(("middleware",), id="middleware", marks=pytest.mark.heavy),
        ]
    )
    def example(self, request: pytest.FixtureRequest) -> Example:
        python = python_with("langgraph")
        return Example(python, "langgraph_hook.py", request.param, bool(request.param))
