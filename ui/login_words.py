"""Words for logins: how long to wait, and which browser it is."""

from __future__ import annotations

import re
from datetime import datetime
from math import ceil

from django.utils import timezone

from ui.amounts import count

MINUTE, HOUR = 60, 3600  # seconds
# The first that is found in what a browser says of itself. Most say they are several others too.
BROWSERS = (
    *(("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox")),
    *(("HeadlessChrome", "Chrome"), ("Chrome", "Chrome"), ("CriOS", "Chrome")),
    *(("Safari", "Safari"), ("curl", "curl"), ("python", "a Python program")),
)
SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "an iPhone"), ("iPad", "an iPad")),
    *(("Windows", "Windows"), ("CrOS", "ChromeOS"), ("Mac OS X", "a Mac"), ("Linux", "Linux")),
)


def wait(until: datetime) -> str:
    """When to try again, as the end of a sentence. A second too long rather than one too short."""
    seconds = max(ceil((until - timezone.now()).total_seconds()), 1)
    if seconds <= MINUTE:
        return f"in {count(seconds, 'second')}"
    if seconds <= HOUR:
        return f"in {count(ceil(seconds / MINUTE), 'minute')}"
    return f"in {count(ceil(seconds / HOUR), 'hour')}"


def browser(said: str) -> str:
    """A browser by what it says of itself, which anybody can write."""
    name, system = known(BROWSERS, said), known(SYSTEMS, said)
    if not said:
        return "a program that does not say what it is"
    return f"{name or 'another program'} on {system}" if system else name or "another program"


def known(names: tuple[tuple[str, str], ...], said: str) -> str:
    """The first of these names that is in it."""
    return next((name for part, name in names if re.search(rf"\b{part}\b", said)), "")
