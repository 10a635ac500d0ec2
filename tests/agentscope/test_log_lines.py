"""What the servers write into their log."""

import logging
import sys

import pytest

from agentscope.log_lines import Line


def record(said: str, *given: str, **more: int) -> logging.LogRecord:
    """A record of an error that is being handled."""
    try:
        raise PermissionError("not you")
    except PermissionError:
        found = logging.LogRecord("django", 30, "x.py", 1, said, given, sys.exc_info())
    found.__dict__ |= more
    return found


@pytest.mark.parametrize(
    ("more", "is_told"), [({}, True), ({"status_code": 500}, True), ({"status_code": 403}, False)]
)
def test_a_traceback_is_told_of_what_failed_and_not_of_what_was_refused(more, is_told):
    found = record("%s: %s", "Forbidden", "/p/shop/", **more)
    text = Line().format(found)
    assert text.startswith("Forbidden: /p/shop/")
    assert ("PermissionError: not you" in text) is is_told
    assert found.exc_info  # others who listen still have it
