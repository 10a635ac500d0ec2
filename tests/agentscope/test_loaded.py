"""What processes load stays as long as they run: nothing that they never need."""

import os
import subprocess
import sys

import pytest

WORKER = "from agentscope.celery import app; app.loader.import_default_modules()"
DECIDE = "import agentscope.decide_wsgi"
PAGES = ("agentscope.urls", "rest_framework.views", "drf_spectacular.utils", "requests")


@pytest.mark.parametrize(
    ("program", "needless"),
    [(WORKER, PAGES), (DECIDE, (*PAGES, "numpy", "celery", "google.protobuf", "httpcore2"))],
    ids=["worker", "decide"],
)
def test_a_process_loads_what_it_needs(program, needless):
    """There is no database, too: whatever starts before it waits for it."""
    embedded = {
        "AGENTSCOPE_EMBEDDED": "1",
        "AGENTSCOPE_SECRET_KEY": "of-a-test",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "BROKER_URL": "memory://",
    }
    command = [sys.executable, "-c", f"{program}; import sys; print(*sys.modules)"]
    ended = subprocess.run(
        command, env=os.environ | embedded, capture_output=True, text=True, check=True
    )
    assert not {*needless} & {*ended.stdout.split()}
