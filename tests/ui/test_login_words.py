from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from ui.login_words import browser, wait


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "in 1 second"),
        (0.2, "in 1 second"),
        (10, "in 10 seconds"),
        (60, "in 60 seconds"),
        (61, "in 2 minutes"),
        (300, "in 5 minutes"),
        (3601, "in 2 hours"),
    ],
)
def test_waits_are_never_said_too_short(seconds, words):
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        assert wait(timezone.now() + timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Linux",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
            "Gecko) Version/18.0 Safari/605.1.15",
            "Safari on a Mac",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/140.0.0.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
            "like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1",
            "Chrome on an iPhone",
        ),
        ("curl/8.5.0", "curl"),
        ("python-requests/2.32", "a Python program"),
        ("something on Linux", "another program on Linux"),
        ("something", "another program"),
        ("", "a program that does not say what it is"),
    ],
)
def test_browsers_in_words(said, words):
    assert browser(said) == words
