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
    "operationUUID": Source("conversation", LAST + 1),  # DBOS
    "restate.invocation.id": Source("conversation", LAST + 2),
    "inngest.run.id": Source("conversation", LAST + 3),
    "sdk.run.id": Source("conversation", LAST + 4),  # Inngest's SDKs
}
FLATTENED: Flattened = {}
EVENTS: Events = {}
REFINE: Refinements = {}
