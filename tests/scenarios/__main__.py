"""`python -m tests.scenarios [NAME…]`: what scenarios there are; `--write DIR` writes their bodies.

A name is the beginning of one: `L08` or `fine.pages`. Without any, it is all, counted per pattern.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.scenarios.catalogue import named
from tests.scenarios.scenario import CODES, Scenario


def main() -> None:
    """Print or write."""
    parser = argparse.ArgumentParser(prog="python -m tests.scenarios", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--write", type=Path, metavar="DIR", help="a folder for each scenario")
    given = parser.parse_args()
    chosen = named(given.names)
    if not chosen:
        sys.exit(f"No scenario is named so: {' '.join(given.names)}")
    lines = each(chosen) if given.names else counted(chosen)
    sys.stdout.writelines(f"{line}\n" for line in lines)
    if given.write:
        for scenario in chosen:
            write(scenario, given.write / scenario.name)


def counted(chosen: Sequence[Scenario]) -> Iterator[str]:
    """A line for each pattern and each look-alike."""
    for number, code in enumerate(CODES, 1):
        of = [at for at in chosen if at.program.pattern == number]
        yield f"L{number:<3} {code:24} {levels(of)}"
    for number in range(1, 21):
        of = [at for at in chosen if at.program.look_alike == number]
        yield f"like {number:<3} {', '.join(sorted({at.program.shape for at in of})):72} {len(of)}"
    others = [at for at in chosen if not at.program.pattern and not at.program.look_alike]
    for number, code in enumerate(CODES, 1):
        of = [at for at in others if number in at.program.near]
        yield f"fine near L{number:<3} {code:24} {len(of)}"
    wrong = sum(bool(at.program.pattern) for at in chosen)
    halves = Counter(at.half for at in chosen)
    yield f"{wrong} run away, {len(chosen) - wrong} are legitimate."
    yield f"Tuning half: {halves['tuning']}, test half: {halves['test']}."


def levels(chosen: Sequence[Scenario]) -> str:
    """How many there are of each level."""
    counts = Counter(at.program.level for at in chosen)
    return ", ".join(f"{level} {count}" for level, count in counts.items())


def each(chosen: Sequence[Scenario]) -> Iterator[str]:
    """A line for each scenario."""
    for at in chosen:
        label = at.label
        where = " ".join(filter(None, (label.agent, label.tool)))
        yield (
            f"{at.name:52} {at.half:6} {at.sender.name:13} {label.level:6} {at.steps:4} steps"
            f" {label.repetitions:3} times {where or '-'}"
        )


def write(scenario: Scenario, folder: Path) -> None:
    """The bodies in order of arrival, and the label."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, sent in enumerate(scenario.bodies(), 1):
        (folder / f"{number:04}.{sent.signal}.pb").write_bytes(sent.body)
    said = {"name": scenario.name, "half": scenario.half, "sender": scenario.sender.name}
    told = said | asdict(scenario.label) | {"steps": scenario.steps}
    (folder / "label.json").write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
