"""The spans and log records of a pack can be sent to a server, which then has the same runs."""

import pytest

from agentscope.packs.asked import Asked
from agentscope.packs.write import make
from agentscope.projects.write import create_project
from tests.kit.corpus import cases, measured, replay

RUNS = ["openai-agents-openinference", "google-adk-native", "langgraph-openlit-loop"]


class Packed:
    """What a pack holds of runs, to be sent as recorded runs are."""

    def __init__(self, folder):
        files = sorted((folder / "otlp").iterdir())
        logs = [file for file in files if file.name.endswith(".logs.json")]
        self.files = {"logs": logs, "traces": [file for file in files if file not in logs]}

    def bodies(self, signal):
        for file in self.files[signal]:
            yield file.read_bytes(), "application/json"


def files(folder):
    """What is in the files of runs, by their names."""
    return {file.name: file.read_bytes() for file in (folder / "otlp").iterdir()}


@pytest.mark.django_db
@pytest.mark.parametrize("name", RUNS)
def test_what_is_sent_again_is_the_same(name, tmp_path):
    case = next(case for case in cases() if case.name == name)
    first, second = create_project("first"), create_project("second")
    replay(case, first.pk)
    make(Asked(first), tmp_path / "first", "ann")
    replay(Packed(tmp_path / "first"), second.pk)
    make(Asked(second), tmp_path / "second", "ann")
    assert measured(second.pk, case.truth) == measured(first.pk, case.truth)
    assert files(tmp_path / "second") == files(tmp_path / "first") != {}
