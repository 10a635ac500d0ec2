"""Trees for tests of the pages, made without a database: parents and fields in, columns out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from agentscope.traces.tree import COLUMNS, UNKNOWN, Tree
from agentscope.vocabulary import PICO, Billing, Kind, Status

START = 1_700_000_000_000_000_000  # ns
SECOND = 1_000_000_000


def tree(parents: Sequence[int], **given: dict[int, Any]) -> Tree:
    """A tree in preorder by the parent of each row; `given` sets columns of single rows.

    Row `i` starts `i` seconds after the first and takes one second; costs are in USD.
    """
    size = len(parents)
    columns = {name: np.zeros(size, dtype) for name, dtype in COLUMNS.items()}
    columns["parent"] = np.array(parents, np.int32)
    columns["span_id"] = np.arange(1, size + 1, dtype=np.int64)
    columns["start_ns"] = START + np.arange(size, dtype=np.int64) * SECOND
    columns["end_ns"] = columns["start_ns"] + SECOND
    for name in COLUMNS:
        if name.endswith("_tokens") or name == "web_searches":
            columns[name][:] = UNKNOWN
    texts = [""]
    for name, rows in given.items():
        for at, value in rows.items():
            columns[name][at] = stored(name, value, texts)
    shape(columns, parents)
    return Tree(texts=texts, **columns)


def stored(name: str, value: Any, texts: list[str]) -> int:
    if isinstance(value, str) and name != "cost":
        texts.append(value)
        return len(texts) - 1
    return int(Decimal(str(value)) / PICO) if name == "cost" and value != UNKNOWN else int(value)


def shape(columns: dict[str, Any], parents: Sequence[int]) -> None:
    """Depth, ends and sums from the bottom up."""
    columns["end"] = np.arange(1, len(parents) + 1, dtype=np.int32)
    columns["last_ns"] = np.maximum(columns["start_ns"], columns["end_ns"])
    columns["sum_cost"] = np.maximum(columns["cost"], 0)
    columns["sum_unpriced"] = (columns["cost"] == UNKNOWN).astype(np.int32)
    columns["sum_errors"] = culprits(columns["status"], parents)
    counted = columns["billing"] == Billing.COUNTED
    for side in ("input", "output"):
        columns[f"sum_{side}"] = np.where(counted, np.maximum(columns[f"{side}_tokens"], 0), 0)
    columns["sum_llm_calls"] = (columns["kind"] == Kind.LLM).astype(np.int32)
    for at, parent in enumerate(parents):
        columns["depth"][at] = 0 if parent == -1 else columns["depth"][parent] + 1
    for at in reversed(range(len(parents))):
        if (parent := parents[at]) == -1:
            continue
        for name in ("end", "last_ns"):
            columns[name][parent] = max(columns[name][parent], columns[name][at])
        for name in SUMS:
            columns[name][parent] += columns[name][at]


def culprits(status: Any, parents: Sequence[int]) -> Any:
    """1 for each row that failed while none beneath it did."""
    failed = (status == Status.ERROR).astype(np.int32)
    has_failed_below = np.zeros(len(failed), bool)
    for at in reversed(range(len(parents))):
        if parents[at] != -1 and (failed[at] or has_failed_below[at]):
            has_failed_below[parents[at]] = True
    return np.where(has_failed_below, 0, failed)


SUMS = (
    "sum_cost",
    "sum_unpriced",
    "sum_errors",
    "sum_input",
    "sum_output",
    "sum_llm_calls",
)
