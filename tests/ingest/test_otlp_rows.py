"""Every row of the checklist of OTLP's edge cases is a test: `test_row_07_…` is row 7.

The rows, 1 to 75, with the behaviour we chose: docs/wire.md.
"""

import re
from pathlib import Path

import pytest

ROWS = range(1, 76)
TESTS = Path(__file__).resolve().parents[1]
NAMES = [
    name
    for file in sorted(TESTS.rglob("test_*.py"))
    for name in re.findall(r"^def (test_row_\d\d_\w+)", file.read_text(), re.MULTILINE)
]
WIRE = TESTS.parent / "docs" / "wire.md"


@pytest.mark.parametrize("row", ROWS)
def test_every_row_has_a_test(row: int) -> None:
    assert [name for name in NAMES if name.startswith(f"test_row_{row:02}_")]


@pytest.mark.parametrize("row", ROWS)
def test_every_row_is_documented(row: int) -> None:
    assert re.search(rf"^\| {row} \|", WIRE.read_text(), re.MULTILINE)


def test_no_test_names_a_row_that_is_not_there() -> None:
    assert {int(name.split("_")[2]) for name in NAMES} <= set(ROWS)
