"""Everything else: services that Apprise knows (PagerDuty, Teams, Discord, Opsgenie, …), by its
addresses. It runs as a program of its own, outside.py, where each connection is judged."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from agentscope.channels.allowed import allowed_networks
from agentscope.channels.kinds.kind import BadChannel, Field, Letter, Settings
from agentscope.channels.message import one_line, uncalled
from agentscope.channels.outcome import Came, Outcome

CODE = "apprise"
LABEL = "Other services (Apprise)"
FIELDS: tuple[Field, ...] = (
    Field(
        "url",
        "Address of Apprise",
        "As pagerduty://… or msteams://…; github.com/caronc/apprise lists them.",
        is_secret=True,
    ),
)
INSTALL = (
    "Apprise is not installed: the operator runs "
    "`.venv/bin/pip install --require-hashes -r requirements-notify.txt` and starts anew."
)
LIMIT = 20.0  # seconds: it starts in one, and some services take several requests
TYPES = {"info": "info", "warning": "warning", "alert": "failure"}  # by severity
LONGEST_TITLE = 300  # characters
ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "agentscope.channels.outside"]


def check(settings: Settings) -> None:
    """Raises BadChannel."""
    if not find_spec("apprise"):
        raise BadChannel(url=INSTALL)
    scheme, separator, rest = settings.get("url", "").partition("://")
    if not scheme or not separator or not rest:
        raise BadChannel(url="An address of Apprise has a service, ://, and what it needs to know.")


def send(letter: Letter) -> Outcome:
    """Have Apprise send it."""
    if not find_spec("apprise"):
        return Outcome(Came.NEVER, INSTALL)
    message = letter.message
    order = {
        "url": letter.settings["url"],
        "title": one_line(uncalled(f"[{letter.project}] {message.title}"), LONGEST_TITLE),
        "body": uncalled(message.text(letter.address)),
        "type": TYPES[message.severity],
        "allowed": [str(each) for each in allowed_networks()],
    }
    try:
        return outcome(run(json.dumps(order)))
    except subprocess.TimeoutExpired:
        return Outcome(Came.AGAIN, f"was not done within {LIMIT:.0f} seconds")


def run(order: str) -> str:
    """What the program says, one JSON object. It is given an environment without anything of ours:
    no database, no key, no proxy."""
    done = subprocess.run(  # noqa: S603 (our own program)
        COMMAND,
        input=order,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        cwd=ROOT,
        env={"HOME": "/nonexistent", "LANG": "C.UTF-8"},
        check=False,
    )
    return done.stdout


def outcome(said: str) -> Outcome:
    """What came of it, as the program says. Apprise tells no status, so whatever is not known to be
    in vain is tried again."""
    try:
        found = json.loads(said)
    except ValueError:
        return Outcome(Came.AGAIN, "Apprise ended without saying why")
    return Outcome(Came(found["came"]), found["reason"])
