"""What a budget would have done, asked by machine before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from time import time_ns
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from agentscope.api.budgets import iso, said_of
from agentscope.api.budgets_shapes import BudgetPreviewShape, NewBudgetShape
from agentscope.api.costs import too_long
from agentscope.api.json_body import json_body
from agentscope.api.managed import ManagedView, changing, naming_parts
from agentscope.api.project_view import json_answer
from agentscope.budgets.policy import Terms, check_policy, plain, terms
from agentscope.budgets.preview import Past, past
from agentscope.costs.bounded import TookTooLong
from agentscope.meter.scope import group_name
from agentscope.projects.models import Key
from agentscope.projects.roles import Right


class PreviewView(ManagedView):
    changes = (Key.Scope.MANAGE, Key.Scope.READ)
    change_needs = Right.SEE

    @changing("preview_budget", NewBudgetShape, {200: BudgetPreviewShape})
    def post(self, request: Request) -> HttpResponse:
        """Who used how much in the windows before, beside a limit; nothing is kept."""
        with naming_parts():
            said = said_of(json_body(request))
            check_policy(said["policy"])
            asked = terms(said, self.project.week_start)
        try:
            found = past(self.project, asked, time_ns())
        except TookTooLong as error:
            raise too_long(error) from error
        return json_answer(preview_body(asked, found))


def preview_body(asked: Terms, windows: Sequence[Past]) -> dict[str, Any]:
    """The windows before as BudgetPreviewShape."""
    found = [window_body(window, asked.watch.scope.each) for window in windows]
    return {"unit": asked.unit, "limit": plain(asked.limit), "windows": found}


def window_body(found: Past, each: str) -> dict[str, Any]:
    """A window of a budget of each … as BudgetWindowShape."""
    return {
        "begin": iso(found.window.begin_ns),
        "end": iso(found.window.end_ns),
        "groups": found.groups,
        "most": plain(found.most),
        "over": [
            {"group": group_name(each, name), "spent": plain(spent)} for name, spent in found.over
        ],
        "more_over": not found.is_all,
        "unpriced_calls": found.unpriced_calls,
    }
