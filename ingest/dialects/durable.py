"""Engines that bring work to its end through crashes: what they resume has the id of the run that
it continues, so that its traces belong together where nobody names a session.

The id of a run, not that of a workflow: a schedule gives all of its runs that one.
"""

from __future__ import annotations

from ingest.reading.source import Events, Fields, Flattened, Refinements, Source

NAME = "durable"
LAST = 180  # rank: whatever else names a conversation goes before

FIELDS: Fields = {
    "temporalRunID": Source("conversation", LAST),  # Temporal in Go, Python and .NET
    "operationUUID": Source("conversation", LAST + 1),  # DBOS, whose workflows run once each
    "dbos.operation.workflow_id": Source("conversation", LAST + 2),  # as semconv writes it
    "restate.invocation.id": Source("conversation", LAST + 3),
    "inngest.run.id": Source("conversation", LAST + 4),
    "sdk.run.id": Source("conversation", LAST + 5),  # Inngest
}
FLATTENED: Flattened = {}
EVENTS: Events = {}
REFINE: Refinements = {}
