"""Semantic Kernel: the filter before each round."""

import pytest

from tests.examples.installed import python_with
from tests.examples.laws import Laws
from tests.examples.running import Example

pytestmark = [pytest.mark.slow, pytest.mark.heavy]


class TestSemanticKernel(Laws):
    @pytest.fixture
    def example(self) -> Example:
        python = python_with("semantic_kernel")
        return Example(python, "semantic_kernel_hook.py", changes_model=True)
