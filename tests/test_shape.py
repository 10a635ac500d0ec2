"""Small on purpose. A failure is an invitation to split, not to raise the number."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
LONGEST_FUNCTION, MEDIAN_FUNCTION, LONGEST_FILE = 40, 10, 300  # lines
FILES = [
    path
    for folder in ("agentscope", "ingest", "ui")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
]


def test_no_function_is_long():
    long = [place for place, lines in functions() if lines > LONGEST_FUNCTION]
    assert long == []


def test_functions_are_short_as_a_rule():
    assert median(lines for _, lines in functions()) <= MEDIAN_FUNCTION


def test_no_file_is_long():
    long = [path for path in FILES if path.read_text().count("\n") > LONGEST_FILE]
    assert long == []


def functions() -> Iterator[tuple[str, int]]:
    """Where each function is, and its lines from `def` to the last."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                yield f"{path.relative_to(ROOT)}:{node.lineno}", lines
