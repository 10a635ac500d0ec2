"""How well detectors find what is wrong in the labelled scenarios, beside length alone; after how
many rounds of a loop they say so while it goes on; and whether they say the same in any order.

    python -m bench.findings [tuning|test] [--mistakes]
    python -m bench.findings laws [PART/PARTS]

The tuning half is for choosing thresholds, with the names of the runs in which something is said
wrongly or not at all; of the test half only the table is told. `laws` is about all runs: those of
which something else is said when their spans come scattered, and those of which a finding that is
right vanishes while they grow, or is raised anew. It takes
about an hour; parts may run side by side.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from itertools import count
from random import Random
from typing import TYPE_CHECKING

import django

from bench.servers import database

if TYPE_CHECKING:
    from tests.scenarios.scenario import Scenario


def main(arguments: list[str]) -> None:
    """Score one half or both, or hold the laws."""
    words = [word for word in arguments if not word.startswith("-")]
    with database():
        django.setup()
        projects: Callable[[], int] = count(int(time.time())).__next__
        if words[:1] == ["laws"]:
            hold(projects, *words[1:])
            return
        for half in words or ("tuning", "test"):
            show(half, projects, mistakes="--mistakes" in arguments and half == "tuning")


def show(half: str, projects: Callable[[], int], *, mistakes: bool) -> None:
    """The table of one half."""
    from tests.kit.findings import found_in, raised_in  # needs Django
    from tests.scenarios.catalogue import of_half
    from tests.scenarios.score import score

    scenarios = of_half("tuning" if half == "tuning" else "test")
    print(f"\n## {half}: {len(scenarios)} scenarios\n")
    result = score(
        scenarios, lambda at: found_in(at, projects()), lambda at: raised_in(at, projects())
    )
    print("\n".join(result.lines()))
    for mistake in result.mistakes if mistakes else ():
        print(f"{mistake.scenario:40} {mistake.what}")


def hold(projects: Callable[[], int], part: str = "1/1") -> None:
    """How many runs break a law; of the tuning half their names too."""
    from tests.kit.findings import differs_when_scattered, grown  # needs Django
    from tests.scenarios.catalogue import scenarios

    first, parts = map(int, part.split("/"))
    every = scenarios()[first - 1 :: parts]
    mixed, vanished, renamed = [], [], []
    for done, at in enumerate(every, 1):
        if differs_when_scattered(at, Random(at.name), (projects(), projects())):
            mixed.append(at)
        became = grown(at, projects()) if at.program.pattern else None
        if became and became.vanished:
            vanished.append(at)
        if became and became.renamed:
            renamed.append(at)
        show_progress(done, len(every))
    tell("something else is said when scattered", mixed, len(every))
    tell("a finding vanishes while it grows", vanished, len(every))
    tell("a finding is raised anew when its agent is known", renamed, len(every))


def show_progress(done: int, whole: int) -> None:
    """Every now and then, on the screen only."""
    if done % 10 == 0:
        print(f"{done} of {whole} runs", file=sys.stderr, flush=True)


def tell(what: str, broken: Sequence[Scenario], whole: int) -> None:
    """In how many runs a law is broken, and in which of the tuning half."""
    named = ", ".join(at.name for at in broken if at.half == "tuning")
    print(f"{what}: {len(broken)} of {whole} {named}")


if __name__ == "__main__":
    main(sys.argv[1:])
