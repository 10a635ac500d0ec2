"""The Chromium that pages are looked at with, by tests and by measurements."""

import os
import shutil

from playwright.sync_api import ViewportSize

# What only the window around a page would use: each window starts a process for its buttons. The
# second list of such features replaces the first, so it names those again that Playwright puts out.
FEATURES = (
    *("InitialWebUI", "PreloadTopChromeWebUI", "PreloadTopChromeWebUILessNavigations"),
    *("WebUIBackForwardButton", "WebUILocationBar", "WebUIReloadButton", "WebUIToolbar"),
    *("AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"),
    *("DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades"),
    *("AimEnabled", "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying"),
    *("OptimizationHints", "PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning"),
)
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
    f" --disable-features={','.join(FEATURES)}"
).split()
WIDE: ViewportSize = {"width": 1280, "height": 800}


# The first is the same browser without what draws its window, which takes a third of its time.
PROGRAMS = "chromium-headless-shell", "chromium", "chromium-browser"


def chromium() -> str | None:
    """The path of a Chromium: $CHROMIUM, or what the system has."""
    asked = os.environ.get("CHROMIUM")
    return asked or next(filter(None, map(shutil.which, PROGRAMS)), None)
