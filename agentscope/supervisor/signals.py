"""Being asked to stop: noted when it happens, obeyed wherever the supervisor waits."""

import signal
import threading

ASKED_TO_STOP = threading.Event()


class Stopped(SystemExit):
    """Somebody asked us to stop; the exit code is 0."""


def listen() -> None:
    """Take Ctrl-C, SIGTERM and a closed terminal as a wish to stop.

    A shell starts a background command with SIGINT ignored, so it is set, not trusted. An ignored
    SIGHUP is obeyed: `nohup` means to stay.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda *_: ASKED_TO_STOP.set())


def pause(seconds: float) -> None:
    """Wait. Raises Stopped as soon as we are asked to stop."""
    if ASKED_TO_STOP.wait(seconds):
        raise Stopped(0)
