"""What decision records add to the examination of a trace: of a team of 1,000, 10,000 and 100,000
spans, in turns of some hundred agents, and of as many spans of one agent in a loop.

    python -m bench.recording
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import django

from bench.big import Planned, loop, team
from bench.report import Result, at_most, show
from bench.servers import database

SIZES = (1_000, 10_000, 100_000)
PROJECT = 1


def measure() -> Iterator[Result]:
    """CPU time of this process only."""
    for shape in (team, loop):
        taken = {size: seconds(shape, size) for size in SIZES}
        for size, (records, whole) in taken.items():
            name = f"records of a {shape.__name__} of {size:,} spans"
            yield Result(name, records, "s CPU")
            yield Result("against the whole examination", records / whole * 100, "%")
        growth = taken[SIZES[-1]][0] / taken[SIZES[-2]][0] / 10
        yield at_most("growth of the last tenfold, 1 is linear", growth, "x", 1.5)


def seconds(shape: Callable[[int], Iterator[Planned]], size: int) -> tuple[float, float]:
    """The CPU seconds of the records of such a trace, and of its whole examination."""
    from agentscope.pipeline import examine  # needs Django
    from agentscope.records.write import write_records
    from bench.big_spans import stored

    spent, write = [0.0], write_records

    def timed(*told: Any, **more: Any) -> None:
        start = time.process_time()
        write(*told, **more)
        spent[0] = time.process_time() - start

    trace_id = stored(shape(size))
    with patch("agentscope.pipeline.write_records", timed):
        start = time.process_time()
        examine(PROJECT, trace_id)
        return spent[0], time.process_time() - start


def main() -> None:
    """These measurements alone."""
    with database():
        django.setup()
        for _ in show(measure()):
            pass


if __name__ == "__main__":
    main()
