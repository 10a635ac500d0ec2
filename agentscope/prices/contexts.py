"""What the price list that comes with AgentScope knows of a model beside its prices."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from agentscope.prices.catalogue import read_catalogue
from agentscope.prices.names import candidates


class Known(NamedTuple):
    """What is known of a model."""

    context: int | None = None  # tokens that a call may have; None: nobody says
    is_deprecated: bool = False  # it is going to be switched off


def known_of(provider: str, model: str) -> Known:
    """What is known of a model, by names as they are sent or as they are in the list."""
    listed = limits()
    return next((listed[name] for name in candidates(provider, model) if name in listed), Known())


@cache
def limits() -> dict[tuple[str, str], Known]:
    """The same for every name of the list. Read once a process."""
    return {
        (model["provider"], name): Known(model.get("context"), model.get("deprecated", False))
        for model in read_catalogue()["models"]
        for name in model["names"]
    }
