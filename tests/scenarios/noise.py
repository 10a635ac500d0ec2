"""What senders and tools add to a run without meaning anything by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any, Literal

from tests.scenarios.steps import SECOND, Hidden

Delivery = Literal["one body", "batches", "shuffled", "late"]

PURPOSES = (
    "Look it up before going on",
    "Need this to answer the user",
    "Checking the current value",
    "Getting the details that are missing",
    "This should tell what happened",
    "Making sure that nothing was overlooked",
    "Next step of the plan",
    "Trying this now",
)


@dataclass(frozen=True)
class Noise:
    """Which noise a run has. Drawn from its name, so a run is the same each time it is made."""

    volatile: bool = False  # arguments carry request ids, times and free-text descriptions
    stamped: bool = False  # results carry times, durations and ids
    hidden: Hidden = ""  # content that is replaced by a placeholder, or not captured
    cut: int = 0  # characters after which the SDK cuts every text of a span; 0: nowhere
    wrapped: bool = False  # frameworks put spans of their own around calls, HTTP clients within
    forgetful: bool = False  # some calls do not say what they used
    repeats_a_body: bool = False  # after an answer that got lost
    delivery: Delivery = "batches"

    def arguments(self, given: dict[str, Any], rng: Random, now: int) -> dict[str, Any]:
        """Arguments as a model fills them in when the tool's schema has such fields."""
        if not self.volatile:
            return given
        added = {
            "request_id": f"req_{rng.getrandbits(64):016x}",
            "timestamp": moment(now),
            "description": rng.choice(PURPOSES),
        }
        return given | added

    def result(self, given: Any, rng: Random, now: int) -> Any:
        """A result with the time at which it was made, how long that took, and an id."""
        if not self.stamped:
            return given
        took = rng.randint(12, 2400)
        if isinstance(given, dict):
            stamp = {
                "generated_at": moment(now),
                "took_ms": took,
                "trace": f"{rng.getrandbits(96):024x}",
            }
            return given | stamp
        return (
            f"{given}\n[{moment(now)} done in {took / 1000:.2f} s]"
            if isinstance(given, str)
            else given
        )


def drawn(rng: Random) -> Noise:
    """Some noise. Content is there unless a program asks for hidden content."""
    return Noise(
        volatile=rng.random() < 0.4,
        stamped=rng.random() < 0.4,
        wrapped=rng.random() < 0.4,
        forgetful=rng.random() < 0.2,
        repeats_a_body=rng.random() < 0.15,
        delivery=rng.choice(("one body", "batches", "batches", "shuffled", "late")),
    )


def moment(now: int) -> str:
    """A time in ns as ISO 8601."""
    return datetime.fromtimestamp(now / SECOND, UTC).isoformat(timespec="milliseconds")
