"""The programs. Reading this package registers all of them."""

from tests.scenarios.programs import (
    fine_agents,
    fine_batches,
    fine_changes,
    fine_errors,
    fine_models,
    fine_ordinary,
    fine_sessions,
    fine_waits,
    runaway_agents,
    runaway_calls,
    runaway_errors,
    runaway_models,
    runaway_sessions,
    runaway_work,
)

__all__ = (
    "fine_agents",
    "fine_batches",
    "fine_changes",
    "fine_errors",
    "fine_models",
    "fine_ordinary",
    "fine_sessions",
    "fine_waits",
    "runaway_agents",
    "runaway_calls",
    "runaway_errors",
    "runaway_models",
    "runaway_sessions",
    "runaway_work",
)
