"""How well detectors find what is wrong in the labelled scenarios, beside length alone.

    python -m bench.findings [tuning|test] [--mistakes]

The tuning half is for choosing thresholds, with the names of the runs in which something is said
wrongly or not at all; of the test half only the table is told.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from itertools import count

import django

from bench.servers import database


def main(arguments: list[str]) -> None:
    """Score one half or both."""
    halves = [word for word in arguments if not word.startswith("-")] or ["tuning", "test"]
    with database():
        django.setup()
        for half in halves:
            show(half, mistakes="--mistakes" in arguments and half == "tuning")


def show(half: str, *, mistakes: bool) -> None:
    """The table of one half."""
    from tests.kit.findings import found_in  # needs Django
    from tests.scenarios.catalogue import of_half
    from tests.scenarios.score import score

    projects: Callable[[], int] = count(int(time.time())).__next__
    scenarios = of_half("tuning" if half == "tuning" else "test")
    print(f"\n## {half}: {len(scenarios)} scenarios\n")
    result = score(scenarios, lambda scenario: found_in(scenario, projects()))
    print("\n".join(result.lines()))
    for mistake in result.mistakes if mistakes else ():
        print(f"{mistake.scenario:40} {mistake.what}")


if __name__ == "__main__":
    main(sys.argv[1:])
