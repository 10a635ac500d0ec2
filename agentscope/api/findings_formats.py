"""In which form findings are asked for."""

from __future__ import annotations

from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter

from agentscope.api import parameters
from agentscope.api.costs_parameters import CSV, FORMATS
from agentscope.api.ocsf import OCSF

ALL = (*FORMATS, OCSF)
FORMAT = OpenApiParameter(
    "format",
    str,
    enum=ALL,
    description="csv: the whole table, streamed; ocsf: events of OCSF's class Detection Finding, "
    "one a line, streamed; else json",
)


def is_csv(said: QueryDict) -> bool:
    """Whether a table is asked for."""
    return parameters.one_of(said, "format", ALL) == CSV


def is_ocsf(said: QueryDict) -> bool:
    """Whether events for a security system are asked for."""
    return parameters.one_of(said, "format", ALL) == OCSF
