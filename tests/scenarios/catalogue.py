"""Every scenario there is."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from tests.scenarios import programs
from tests.scenarios.scenario import REGISTRY, Half, Scenario

assert programs.__all__  # reading it has registered the programs


@cache
def scenarios() -> tuple[Scenario, ...]:
    """All variants of all programs, in the order of their names."""
    every = [
        Scenario(program, variant)
        for program in REGISTRY.programs
        for variant in range(1, program.variants + 1)
    ]
    return tuple(sorted(every, key=lambda scenario: scenario.name))


def named(names: Iterable[str]) -> list[Scenario]:
    """The scenarios whose names begin like one of these; all of them for no names."""
    wanted = tuple(names)
    return [at for at in scenarios() if not wanted or at.name.startswith(wanted)]


def of_half(half: Half) -> list[Scenario]:
    """The scenarios of one half."""
    return [at for at in scenarios() if at.half == half]
