"""What is found of errors in a made-up run, whatever else is found there."""

from __future__ import annotations

from collections.abc import Sequence

from agentscope.findings.found import Found
from tests.kit.courses import Row, Script

OF_ERRORS = frozenset(
    "permanent_retry validation_retry unknown_tool retry_storm missing_backoff".split()
)


def found(script: Script, rows: Sequence[Row] | None = None) -> list[Found]:
    """The findings about errors, the worst first, in these rows or all."""
    return [each for each in script.found(rows) if each.pattern.code in OF_ERRORS]


def codes(script: Script, rows: Sequence[Row] | None = None) -> dict[str, str]:
    """Severity of each code of them, the worst of each."""
    return {each.pattern.code: each.severity.word for each in reversed(found(script, rows))}
