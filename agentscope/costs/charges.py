"""The charges of a trace: each span that costs something, or of which nobody knows what it costs.

They are written down one by one so that those of a period can be looked up by what they cost.
Only those that changed are written, in the transaction of the examination.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db import connection

from agentscope.costs.lines import Line
from agentscope.traces.clocks import moment
from agentscope.traces.tree import Tree

Charges = dict[int, tuple[int, datetime, int]]  # span id → line, its hour, 1e-12 USD or UNKNOWN

# Hours as seconds since 1970, because a date a row takes longer than all the rest of it.
STORED = """
select span_id, line, extract(epoch from hour)::bigint, cost from charge
where trace_id = %s and project_id = %s
"""
REMOVE = """
delete from charge where trace_id = %s and project_id = %s and span_id = any(%s)
"""
ADD = "copy charge (trace_id, project_id, span_id, line, hour, cost) from stdin"


def charges_of(tree: Tree, lines: Sequence[Line]) -> Charges:
    """The charges of a billed tree whose lines these are."""
    rows = np.flatnonzero(tree.cost)
    columns = (tree.span_id[rows].tolist(), tree.line[rows].tolist(), tree.cost[rows].tolist())
    return {
        span_id: (line, lines[line].hour, cost)
        for span_id, line, cost in zip(*columns, strict=True)
    }


def write_charges(
    project_id: int, trace_id: UUID, charges: Charges, *, is_new: bool = False
) -> None:
    """Make these the charges of a trace, of which none is there if it `is_new`."""
    before = {} if is_new else stored_charges(project_id, trace_id)
    gone = [span_id for span_id, said in before.items() if charges.get(span_id) != said]
    new = [(span_id, *said) for span_id, said in charges.items() if before.get(span_id) != said]
    with connection.cursor() as cursor:
        if gone:
            cursor.execute(REMOVE, [trace_id, project_id, gone])
        if new:
            with cursor.copy(ADD) as copy:
                for charge in new:
                    copy.write_row((trace_id, project_id, *charge))


def stored_charges(project_id: int, trace_id: UUID) -> Charges:
    """The charges of a trace as they were written last."""
    with connection.cursor() as cursor:
        cursor.execute(STORED, [trace_id, project_id])
        rows = cursor.fetchall()
    hours = {second: moment(second * 10**6) for second in {row[2] for row in rows}}
    return {span_id: (line, hours[second], cost) for span_id, line, second, cost in rows}
