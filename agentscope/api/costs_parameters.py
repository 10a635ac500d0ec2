"""What can be asked about costs in the query string."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import QueryDict
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from agentscope.api import parameters
from agentscope.api.refused import BAD_REQUEST, Refused
from agentscope.costs.query import MOST_GROUPS, ORDERS, WITHIN
from agentscope.costs.read import ATTRIBUTE, DIMENSIONS, BadQuery, CostQuery, Interval, Show

JSON, CSV = "json", "csv"
FORMATS = (JSON, CSV)
COMPARE = ("previous",)
DAYS = 30  # that are asked about unless a period is named
TOP, CALLS_A_PAGE, CALLS_AT_ONCE = 20, 100, 1000

FORMAT = OpenApiParameter(
    "format", str, enum=FORMATS, description="csv: the whole table, streamed; else json"
)
PERIOD = [
    *parameters.PROJECT,
    OpenApiParameter(
        "since",
        OpenApiTypes.DATETIME,
        description=f"work that began at or after, rounded to hours; else {DAYS} days before until",
    ),
    OpenApiParameter("until", OpenApiTypes.DATETIME, description="before; else now"),
]
FILTERS = [
    *[
        OpenApiParameter(name, str, description=f"exactly this {name}; empty: none was said")
        for name in DIMENSIONS
    ],
    OpenApiParameter(WITHIN, str, description="this path and all paths below it"),
]
COSTS = [
    *PERIOD,
    OpenApiParameter(
        "group_by",
        str,
        description=f"of {', '.join(DIMENSIONS)}, or {ATTRIBUTE}NAME for an attribute that the "
        f"project chose; several separated by commas. {ATTRIBUTE}NAME=VALUE is a filter, too",
    ),
    OpenApiParameter("interval", str, enum=[each.value for each in Interval]),
    OpenApiParameter("top", int, description=f"groups, 1 to {MOST_GROUPS}, else {TOP}; not in csv"),
    OpenApiParameter("order", str, enum=ORDERS, description="of groups; else known_cost"),
    OpenApiParameter("compare", str, enum=COMPARE, description="with the same time before"),
    *FILTERS,
    FORMAT,
]
CALLS = [
    *PERIOD,
    *FILTERS,
    OpenApiParameter(
        "show",
        str,
        enum=[each.value for each in Show],
        description="all: whatever adds something, the latest hour first; newest: of these what "
        "costs something or has an unknown cost; dearest: the same, the dearest first, unknown "
        "costs last; else all",
    ),
    OpenApiParameter("cursor", str, description="`next` of the page before, with the same `show`"),
    OpenApiParameter(
        "limit", int, description=f"calls on a page, 1 to {CALLS_AT_ONCE}, else {CALLS_A_PAGE}"
    ),
    FORMAT,
]
PATHS = [*parameters.PROJECT, FORMAT]


def cost_query(said: QueryDict) -> CostQuery:
    """What is asked. Raises Refused for what cannot be read; names are checked when it is
    answered."""
    since, until = period(said)
    if "top" in said and is_csv(said):
        raise Refused(BAD_REQUEST, "top: A csv has every group.", "Leave it out.")
    return CostQuery(
        since=since,
        until=until,
        group_by=tuple(filter(None, parameters.text(said, "group_by").split(","))),
        interval=Interval(
            parameters.one_of(said, "interval", [each.value for each in Interval]) or Interval.NONE
        ),
        filters=filters(said),
        top=parameters.number(said, "top", TOP, 1, MOST_GROUPS),
        order=parameters.one_of(said, "order", ORDERS) or "known_cost",
        compare=bool(parameters.one_of(said, "compare", COMPARE)),
    )


def calls_query(said: QueryDict) -> CostQuery:
    """The same for single calls."""
    since, until = period(said)
    return CostQuery(since=since, until=until, filters=filters(said))


def shown(said: QueryDict) -> Show:
    """Which single calls are listed."""
    return Show(parameters.one_of(said, "show", [each.value for each in Show]) or Show.ALL)


def period(said: QueryDict) -> tuple[datetime, datetime]:
    """From when until when."""
    until = parameters.parsed(said, "until", parameters.moment, parameters.DAY) or timezone.now()
    since = parameters.parsed(said, "since", parameters.moment, parameters.DAY)
    try:
        return since or until - timedelta(days=DAYS), until
    except OverflowError as error:
        raise Refused(BAD_REQUEST, "until: There was nothing before then.") from error


def filters(said: QueryDict) -> dict[str, str]:
    """By dimension what is looked for. A filter that is there and empty is one: "not said"."""
    names = [name for name in said if name in DIMENSIONS or name == WITHIN or is_attribute(name)]
    return {name: parameters.text(said, name) for name in names}


def is_attribute(name: str) -> bool:
    """Whether a parameter is about an attribute."""
    return name.startswith(ATTRIBUTE)


def is_csv(said: QueryDict) -> bool:
    """Whether a table is asked for, not JSON."""
    return parameters.one_of(said, "format", FORMATS) == CSV


def refused(error: BadQuery) -> Refused:
    """A question that cannot be answered, with the parameter that is wrong."""
    return Refused(BAD_REQUEST, f"{error.name}: {error}")
