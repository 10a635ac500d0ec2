"""What people can do about an alert, in a sentence. Pure."""

from __future__ import annotations

from agentscope.alerts.metrics import Metric, Unit

TO_DO = {
    Unit.USD: "Look at the runs behind it, the dearest first, and stop what need not go on.",
    Unit.TOKENS: "Look at the runs behind it, and at what their prompts carry along.",
    Unit.CALLS: "Look at the runs behind it for calls that repeat.",
    Unit.ERRORS: "Look at the errors of the runs behind it: what is permanent does not pass.",
    Unit.RUNS: "Look at who begins the runs.",
    Unit.SHARE: "Look at the calls of the runs behind it.",
    Unit.SECONDS: "Look at the slowest runs behind it.",
    Unit.FINDINGS: "Look at the findings of the runs behind it.",
}
NO_DATA_TO_DO = (
    "Look whether the senders are up, and whether the page Problems says what was refused."
)
TO_DO_OF = {  # by metric, where the unit alone does not say it
    "error_rate": TO_DO[Unit.ERRORS],
    "silence": NO_DATA_TO_DO,
    "unpriced_share": "Give the models a price: the page Prices lists those without one.",
}


def to_do(metric: Metric) -> str:
    """What to do about a number that is over its threshold."""
    return TO_DO_OF.get(metric.code) or TO_DO[metric.unit]
