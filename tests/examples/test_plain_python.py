"""Plain Python: the question before each call, and limits that hold without AgentScope."""

import sys
from pathlib import Path

import pytest

from tests.examples.laws import Laws
from tests.examples.running import Example
from tests.examples.stubs import Model, nowhere

pytestmark = pytest.mark.slow


class TestPlainPython(Laws):
    @pytest.fixture
    def example(self) -> Example:
        return Example(Path(sys.executable), "plain_python.py", changes_model=True)

    def test_it_stops_at_its_own_limit_of_cost(self, example, tmp_path):
        call = "0.00035"  # USD: what the stub of a model uses, at the example's prices
        with Model() as model, nowhere() as url:
            ran = example.run(model, tmp_path, url, EXAMPLE_MAX_USD=str(float(call) * 3))
        assert ran.calls == 3
        assert ran.said.startswith("Stopped: $0.00105")

    def test_it_stops_at_its_own_limit_of_repeats(self, example, tmp_path):
        with Model() as model, nowhere() as url:
            ran = example.run(model, tmp_path, url, EXAMPLE_MAX_REPEATS="3")
        assert ran.calls == 4
        assert ran.said == "Stopped: look_up was called 3 times with the same arguments."

    def test_a_broken_tool_rests_and_the_model_is_told(self, example, tmp_path):
        with Model(turns=5) as model, nowhere() as url:
            example.run(model, tmp_path, url, EXAMPLE_TOOL="broken")
        told = [each["content"] for each in model.asked[-1]["messages"] if each["role"] == "tool"]
        assert told[:3] == ["Error: the warehouse does not answer"] * 3
        assert told[3:] == ["Not to be had now: look_up has failed 3 times in a row."] * 2
