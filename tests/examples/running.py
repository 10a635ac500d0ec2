"""Running an example in a process of its own, beside a model and an AgentScope that are stubs."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.examples.installed import EXAMPLES
from tests.examples.stubs import Model

PATIENCE = 600  # seconds for a framework to start and to be done on a busy machine


@dataclass(frozen=True)
class Ran:
    """How an example ended: the last line it said, and how often it called the model."""

    said: str
    calls: int


@dataclass(frozen=True)
class Example:
    """A file of examples/, how it is started, and whether its hook can take a cheaper model."""

    python: Path
    file: str
    arguments: tuple[str, ...] = ()
    changes_model: bool = False

    def run(self, model: Model, home: Path, url: str, **environment: str) -> Ran:
        """Run it until it ends. `url` is AgentScope's."""
        done = subprocess.run(
            [self.python, EXAMPLES / self.file, *self.arguments],
            env=around(model, home) | {"AGENTSCOPE_URL": url} | environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        said = [line for line in done.stdout.splitlines() if line.startswith(("Done:", "Stopped:"))]
        return Ran(said[-1], len(model.asked))


def around(model: Model, home: Path) -> dict[str, str]:
    """The environment of a process that calls the stub of a model, and nothing outside."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AGENTSCOPE_TIME_LIMIT": str(PATIENCE),  # a busy machine is not what is tested
        "OPENAI_BASE_URL": f"{model.url}/v1",
        "OPENAI_API_KEY": "none",
        "CREWAI_DISABLE_TELEMETRY": "true",
        "CREWAI_DISABLE_TRACKING": "true",
        "CREWAI_TRACING_ENABLED": "false",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }
