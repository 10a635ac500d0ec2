"""What the bills of a project are made by."""

from __future__ import annotations

from agentscope.billing.bill import Copies, Terms
from agentscope.prices.book import price_book
from agentscope.projects.models import Project

CostPolicy = Project.CostPolicy


def terms(project_id: int, copies: Copies) -> Terms:
    """The prices and the policy of a project as they are now."""
    policy = Project.objects.filter(id=project_id).values_list("cost_policy", flat=True).first()
    chosen = CostPolicy(policy) if policy else CostPolicy.REPORTED_ELSE_COMPUTED
    return Terms(price_book(project_id), chosen, copies)
