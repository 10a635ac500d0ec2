"""CrewAI: the hook before each model call."""

import pytest

from tests.examples.installed import python_with
from tests.examples.laws import Laws
from tests.examples.running import Example

pytestmark = [pytest.mark.slow, pytest.mark.heavy]


class TestCrewAI(Laws):
    @pytest.fixture
    def example(self) -> Example:
        return Example(python_with("crewai"), "crewai_hook.py")
