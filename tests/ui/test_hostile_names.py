"""Whatever senders and people call things is text on every page of costs, prices and settings."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal
from urllib.parse import quote

import pytest

from agentscope.jobs.models import Job
from agentscope.jobs.write import ask
from agentscope.pipeline import add_up_sessions
from agentscope.prices.write import Override, set_alias, set_price
from agentscope.projects.costs import set_costs
from agentscope.projects.mappings import add_mapping
from tests.kit.costs import agent, call, settle, store, trace_id
from tests.kit.jobs import end_jobs
from tests.kit.spans import NOON

pytestmark = pytest.mark.usefixtures("embedded")
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'"
NAME = quote(HOSTILE, safe="")
TRACE = trace_id(1).hex()


@pytest.fixture
def told(project):
    """A run of which everything has this name, and settings that have it, too."""
    add_mapping(project, HOSTILE, "agent", HOSTILE)
    set_costs(project, "computed", [HOSTILE], HOSTILE)
    set_price(project.pk, HOSTILE, Override(HOSTILE, HOSTILE, {("input", 0): Decimal(1)}))
    set_alias(project.pk, HOSTILE, f"{HOSTILE}2", "openai", "gpt-4o")
    ago = time.time_ns() - 3600 * 10**9 - NOON
    said = {"session": HOSTILE, "user": HOSTILE, "environment": HOSTILE, "provider": HOSTILE}
    said |= {"dimensions": {HOSTILE: HOSTILE}}
    store(
        project.pk,
        recent(agent(1, 1, HOSTILE, tool=HOSTILE, agent_version=HOSTILE, **said), ago),
        recent(call(1, 2, 1, "0.5", model=HOSTILE, name=HOSTILE, **said), ago),
        recent(call(1, 3, 1, model=f"{HOSTILE}3", name=HOSTILE, **said), ago),
    )
    settle()
    add_up_sessions()
    ask(project.pk, Job.Kind.REPRICE, {"models": [HOSTILE]}, HOSTILE, is_preview=True)
    return project


def recent(understood, ago):
    """The same, later by so many ns."""
    wire, meaning = understood
    return replace(wire, start_ns=wire.start_ns + ago, end_ns=wire.end_ns + ago), meaning


def pages():
    for by in ("agent", "model", "path", "tool", "session", "user", f"attribute:{NAME}"):
        yield f"costs/?by={by}&{by}={NAME}"
        yield f"costs/?by={by}"
    yield from (f"costs/?view={view}&on={NAME}" for view in ("paths", "calls", "what-if"))
    yield from (f"costs/?within={NAME}&view=paths", f"traces/{TRACE}/costs/", f"traces/{TRACE}/")
    yield from (f"traces/{TRACE}/graph/", f"traces/{TRACE}/transcript/")
    yield from ("sessions/", f"sessions/{NAME}/", f"sessions/?q={NAME}&user={NAME}")
    yield from ("agents/", f"agents/{NAME}/", f"agents/?q={NAME}&service={NAME}")
    yield from ("prices/", f"prices/?q={NAME}", f"prices/set/?model={NAME}&provider={NAME}")
    yield from (f"prices/names/?name={NAME}", "prices/unpriced/", f"prices/history/?model={NAME}")
    yield from ("settings/", "settings/jobs/", "audit/ledger/", "audit/ledger/2/")
    yield f"settings/mappings/?span={TRACE}-{2:016x}&attribute={NAME}&field=agent"


@pytest.mark.parametrize("address", list(pages()))
def test_a_hostile_name_is_text(client, told, address):
    shown = client.get(f"/p/shop/{address}")
    assert shown.status_code == 200
    assert "alert(1)" in shown.text
    assert "<script>" not in shown.text
    assert "<img" not in shown.text


def test_a_hostile_name_is_text_in_what_a_job_came_to(client, told):
    end_jobs()
    shown = client.get(f"/p/shop/prices/history/{Job.objects.get().pk}/").text
    assert "alert(1)" in shown
    assert "<script>" not in shown
