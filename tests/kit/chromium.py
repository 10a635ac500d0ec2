"""The Chromium that pages are looked at with, by tests and by measurements."""

import os
import shutil

from playwright.sync_api import ViewportSize

ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
WIDE: ViewportSize = {"width": 1280, "height": 800}


def chromium() -> str | None:
    """The path of a Chromium: $CHROMIUM, or what the system has."""
    asked = os.environ.get("CHROMIUM")
    return asked or shutil.which("chromium") or shutil.which("chromium-browser")
