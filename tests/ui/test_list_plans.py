"""How Postgres answers the list of traces: never by reading a table of spans as a whole."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agentscope.agents.models import AgentRun
from agentscope.agents.read import AgentFilters, latest
from agentscope.pipeline import examine
from agentscope.search.fields import FIELDS
from agentscope.traces.models import SpanPayload, Trace
from tests.kit.searching import call, store, tool, trace_id
from ui.filters import FilterForm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("embedded")]
LIST = "/p/shop/traces/"
FILTERS = {
    "q": "parcel",
    "range": "24h",
    "status": "error",
    "agent": "planner",
    "model": "gpt-4o",
    "tool": "look_up",
    "key": "ci #7",
    "state": "running",
    "session": "s1",
    "finding": "exact_repeat",
    "review": "wrong",
    "min_cost": "0.5",
}
OF_TRACES = {
    **dict.fromkeys(("agent", "model", "tool", "service", "key", "session", "user"), "=x"),
    "name": "~x",
    "environment": "=production",
    "outcome": "=failure",
    "state": "=idle",
    "status": "=ok",
    "duration": ">5s",
    **dict.fromkeys(("cost", "errors", "spans", "calls", "tokens"), ">0"),
}
SOUGHT = (
    *("parcel", '"blue parcel" look', "wombat", "订单", "shop.tier=gold", "retry.count>2"),
    *("colour=*", "tier in (gold, old)", "parcel agent=planner cost<1"),
)
TABLES = ("span", "span_payload", "span_log", "search_block", "trace_index")
SCANS = f"""
select relname, seq_scan from pg_stat_xact_user_tables
where seq_scan > 0 and relname ~ '^({"|".join(TABLES)})(_default|_[0-9]+)?$'
"""


@pytest.fixture
def steps(project):
    """Some steps, and no sequential scan of any table where an index would do, however small. Gives
    what was read as a whole until here: a partition, to make its indexes."""
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
    store(call(1, "a blue parcel", retry__count=3), project=project.pk)
    store(tool(2, arguments={"colour": "blue parcel"}, shop__tier="gold"), project=project.pk)
    for number in (1, 2):
        examine(project.pk, trace_id(number))
    return scans()


def scans() -> Counter[str]:
    """How often each table of spans was read as a whole in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(SCANS)
        return Counter(dict(cursor.fetchall()))


def test_every_filter_is_here():
    assert set(FILTERS) == set(FilterForm.base_fields)
    assert set(OF_TRACES) == set(FIELDS)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"facets": "1"},
        {"after": f"2026-11-25T12:00:00Z~{'0' * 32}"},
        *({name: value} for name, value in FILTERS.items()),
        *({"q": f"{name}{value}"} for name, value in OF_TRACES.items()),
        *({"q": text} for text in SOUGHT),
        *({"q": text, "range": "24h", "facets": "1"} for text in SOUGHT[:2]),
    ],
    ids=urlencode,
)
def test_no_list_reads_a_table_of_spans_as_a_whole(client, steps, said):
    assert client.get(f"{LIST}?{urlencode(said)}").status_code == 200
    assert scans() - steps == Counter()


def test_a_table_that_is_read_as_a_whole_is_noticed(steps):
    assert not SpanPayload.objects.filter(body=b"").exists()
    assert {name.split("_2")[0] for name in scans() - steps} >= {"span_payload_default"}


@pytest.fixture
def runs(project):
    """Two thousand traces, of which two have a name of their own, two an environment, two a key.
    Rows that other tests left behind, dead, count in plans; none are left in a table that was
    emptied."""
    with connection.cursor() as cursor:
        cursor.execute("truncate trace cascade")
    now = timezone.now()
    Trace.objects.bulk_create(
        Trace(
            trace_id=UUID(int=number),
            project_id=project.pk,
            name="audit" if number % 1000 == 1 else "nightly",
            environment="canary" if number % 1000 == 2 else "production",
            keys=["rare #1" if number % 1000 == 3 else "usual #2"],
            started_at=now - timedelta(seconds=number),
            start_ns=0,
            spans=1,
        )
        for number in range(2000)
    )
    with connection.cursor() as cursor:
        cursor.execute("analyze trace")


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize("said", ["name=audit", "environment=canary", "name in (audit, weekly)"])
def test_the_traces_of_a_rare_name_are_found_without_a_look_at_others(client, said):
    name = re.split("[ =]", said)[0]
    plan = plan_of(client, f"{LIST}?{urlencode({'q': said})}")
    assert f"Scan using trace_by_{name} " in plan
    assert re.search(rf"Index Cond: .*{name}.* = ", plan), plan


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize("said", ["name=nightly", "environment=production"])
def test_those_of_a_frequent_name_come_in_the_order_of_the_list(client, said):
    plan = plan_of(client, f"{LIST}?{urlencode({'q': said})}")
    assert f"Scan using trace_by_{said.split('=')[0]} " in plan
    assert "Sort" not in plan


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize("said", [{"key": "rare #1"}, {"q": 'key="rare #1"'}])
def test_the_traces_of_a_rare_key_are_found_without_a_look_at_others(client, said):
    plan = plan_of(client, f"{LIST}?{urlencode(said)}")
    assert "Scan on trace_keys " in plan, plan
    assert "Seq Scan" not in plan


@pytest.mark.usefixtures("runs")
def test_those_of_a_frequent_key_come_in_the_order_of_the_list(client):
    plan = plan_of(client, f"{LIST}?{urlencode({'key': 'usual #2'})}")
    assert "Scan using trace_listed " in plan, plan


@pytest.mark.usefixtures("runs")
def test_the_newest_runs_of_an_agent_look_up_their_traces_by_key(project):
    AgentRun.objects.bulk_create(
        AgentRun(
            project_id=project.pk,
            trace_id=UUID(int=number),
            agent="lead",
            started_at=timezone.now() - timedelta(seconds=number),
            runs=1,
        )
        for number in range(4000)  # half of them without a trace
    )
    with connection.cursor() as cursor:
        cursor.execute("analyze agent_run")
    with CaptureQueriesContext(connection) as asked:
        assert len(latest(project.pk, "lead", AgentFilters(), 20)) == 20
    plan = explained(asked[0]["sql"])
    assert re.search(r"Scan using agent_run_\w+ on agent_run", plan), plan
    assert re.search(r"Index .*Scan using trace_pkey on trace ", plan), plan
    assert "Seq Scan" not in plan


def plan_of(client, address):
    """How the first traces of a list are found."""
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    [sql] = [each["sql"] for each in asked if each["sql"].startswith("select count(*) over ()")]
    return explained(sql)


def explained(sql):
    """How a statement is answered."""
    with connection.cursor() as cursor:
        cursor.execute(f"explain {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


def test_the_walk_over_blocks_goes_by_the_index_of_their_times(client, steps):
    with CaptureQueriesContext(connection) as asked:
        client.get(f"{LIST}?q=parcel")
    [walk, *_] = [each["sql"] for each in asked if "get_bit" in each["sql"]]
    with connection.cursor() as cursor:
        for way in ("bitmapscan", "sort"):  # of few rows they are as good
            cursor.execute(f"set local enable_{way} = off")
        cursor.execute(f"explain {walk}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    looks = re.findall(r"Scan.* on search_block_\w+", plan)
    assert looks
    assert all("_project_id_started_at_digest_idx" in look for look in looks), plan
    assert "->  Sort" not in plan
