"""Where the form of a new rule begins with what a page is about: a filter of the list of traces, a
cause of findings, what is picked of costs."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from agentscope.alerts.matching import OF_THE_LIST
from agentscope.alerts.words import DIMENSION
from agentscope.costs.query import WITHIN
from agentscope.findings.models import Cause
from agentscope.projects.write import LONGEST_NAME, is_name
from ui.finding_words import code_words


def of_filter(project: str, query: str, name: str) -> str:
    """A rule on how many runs match the filter of a list, as the address of the list has it; `name`
    is that of the saved view."""
    said = QueryDict(query, mutable=True)
    for each in OF_THE_LIST:
        said.pop(each, None)
    asked = {"name": name, "metric": "runs", "each": "", "threshold": "1"}
    return address(project, asked | {"filter": said.urlencode()}) if said else ""


def of_cause(project: str, cause: Cause) -> str:
    """A rule on how often the like of a cause is found."""
    words = code_words(cause.code).capitalize()
    asked = {"metric": "findings", "of": cause.code, "each": "", "threshold": "1"}
    if cause.agent:
        words = f"{words} of {cause.agent}"
        asked["only_agent"] = cause.agent
    if is_name(words[:LONGEST_NAME]):
        asked["name"] = words[:LONGEST_NAME]
    return address(project, asked)


def of_costs(project: str, filters: Mapping[str, str], dimension: str) -> str:
    """A rule on what is picked of the costs, of each group that is shown where a rule knows it;
    empty if it cannot say all that is picked."""
    only = {("path" if name == WITHIN else name): value for name, value in filters.items()}
    is_known = set(only) <= set(DIMENSION) and "path" not in filters and all(only.values())
    if not is_known:
        return ""
    each = dimension if dimension in DIMENSION and dimension not in only else ""
    named = {f"only_{name}": value for name, value in only.items()}
    return address(project, {"metric": "cost", "each": each, **named})


def address(project: str, asked: Mapping[str, str]) -> str:
    """The form of a new rule that says this."""
    return f"{reverse('new-alert-rule', args=[project])}?{urlencode(asked)}"
