"""A project, and all that can be read of it: pages, API and files."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterable
from decimal import Decimal
from io import StringIO
from itertools import count, pairwise
from typing import Any
from urllib.parse import quote, urlencode

from django.db import connection
from django.db.models import F, Sum
from django.test import Client

from agentscope.costs.days import claim_day
from agentscope.costs.models import DayDue
from agentscope.pipeline import add_up_day, add_up_sessions, examine
from agentscope.projects.models import Project
from agentscope.traces.clocks import EPOCH
from agentscope.traces.models import Trace
from ingest.drain import drain
from tests.kit.money import SINCE, UNTIL, Told, request

PERIOD = {"since": SINCE.isoformat(), "until": UNTIL.isoformat()}
GROUPINGS = (
    *("path", "agent", "tool", "model", "provider", "service", "environment", "session", "user"),
    *("outcome", "attribute:customer", "agent,model"),
)
# What passes without any span, or says when something was worked out.
VOLATILE = {"examined_at", "state", "days_due"}
numbers = count()
Figures = tuple[Decimal, int, int]  # known cost in USD, unpriced calls, model calls


class World:
    """A project, and everything that can be read of it."""

    def __init__(self) -> None:
        name = f"world {next(numbers)} {random.random()}"
        self.project = Project.objects.create(name=name, cost_attributes=["customer"])
        self.client = Client(headers={"host": "localhost", "x-agentscope-project": name})

    def tell(self, told: list[Told], chance: random.Random) -> None:
        """Send each span once or several times, in any order and in parts, some of which are
        examined before the next comes."""
        again = told + [span for span in told if chance.random() < 0.3]
        chance.shuffle(again)
        cuts = sorted(chance.sample(range(len(again) + 1), min(3, len(again))))
        for start, stop in pairwise([0, *cuts, len(again)]):
            if start < stop:
                self.send(again[start:stop])
            if chance.random() < 0.5:
                self.settle()
        self.settle()

    def send(self, told: list[Told]) -> None:
        answer = self.client.post(
            "/v1/traces", request(told), content_type="application/x-protobuf"
        )
        assert answer.status_code == 200

    def settle(self) -> None:
        """Store and examine until nothing is due, and add up sessions and days."""
        while drain(100):
            pass
        traces = Trace.objects.filter(project_id=self.project.pk)
        while due := list(traces.exclude(examined_generation=F("generation"))):
            for trace in due:
                examine(self.project.pk, trace.trace_id)
        add_up_sessions()
        DayDue.objects.filter(due_at__isnull=False).update(due_at=EPOCH)
        while day := claim_day():
            add_up_day(day)

    def remove(self) -> None:
        """Delete every row of the project, in whatever table."""
        with connection.cursor() as cursor:
            cursor.execute(
                "select table_name from information_schema.columns join information_schema.tables"
                " using (table_schema, table_name) where column_name = 'project_id'"
                " and table_schema = 'public' and table_type = 'BASE TABLE'"
            )
            for (table,) in cursor.fetchall():
                cursor.execute(f'delete from "{table}" where project_id = %s', [self.project.pk])

    # ---- what is read ----

    def json(self, path: str, **asked: str) -> Any:
        answer = self.client.get(f"/api/v1/{path}?{urlencode(asked)}")
        assert answer.status_code == 200, (path, asked, answer.content)
        return answer.json()

    def csv(self, path: str, **asked: str) -> list[dict[str, str]]:
        answer = self.client.get(f"/api/v1/{path}?{urlencode(asked | {'format': 'csv'})}")
        assert answer.status_code == 200, (path, asked)
        body = b"".join(answer) if answer.streaming else answer.content
        return list(csv.DictReader(StringIO(body.decode(), newline="")))

    def page(self, path: str, **asked: str) -> str:
        page = self.client.get(f"/p/{quote(self.project.name)}/{path}?{urlencode(asked)}")
        assert page.status_code == 200
        return page.content.decode()

    def exact(self, path: str, tag: str, **asked: str) -> Decimal:
        """The last exact amount that a page gives as the title of such a cell."""
        found = re.findall(rf'<{tag}[^>]*?title="\$([\d.,]+)"', self.page(path, **asked))
        return Decimal(found[-1].replace(",", ""))

    def traces(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.json("traces", limit="500")["traces"]
        return found

    def whole(self) -> Figures:
        return added(figures_of(trace) for trace in self.traces())

    def answers(self) -> list[Any]:
        """All that machines can read of the project."""
        found = [self.json("traces", limit="500"), self.json("agents", limit="500", **PERIOD)]
        found += [self.json("sessions"), self.json("costs/calls", limit="1000", **PERIOD)]
        found += [
            self.json("costs", group_by=each, interval="hour", **PERIOD) for each in GROUPINGS
        ]
        for trace in found[0]["traces"]:
            address = f"traces/{trace['trace_id']}"
            found += [self.json(f"{address}/spans", limit="1000"), self.json(f"{address}/paths")]
        return [steady(each) for each in found]


def figures_of(said: dict[str, Any]) -> Figures:
    """The figures of an answer, or of a row of a table."""
    calls = said["llm_calls"] if "llm_calls" in said else said["calls"]
    return Decimal(said["known_cost_usd"]), int(said["unpriced_calls"]), int(calls)


def own_of(row: dict[str, str]) -> dict[str, str]:
    """What a row of the table of paths says of the path alone."""
    return {key.removeprefix("own_"): said for key, said in row.items()}


def added(found: Iterable[Figures]) -> Figures:
    known, unpriced, calls = zip((Decimal(0), 0, 0), *found, strict=True)
    return sum(known, Decimal(0)), sum(unpriced), sum(calls)


def stored(model: Any, project_id: int) -> Figures:
    sums = model.objects.filter(project_id=project_id).aggregate(
        cost=Sum("known_cost"), unpriced=Sum("unpriced_calls"), model_calls=Sum("calls")
    )
    return sums["cost"] or Decimal(0), sums["unpriced"] or 0, sums["model_calls"] or 0


def steady(said: Any) -> Any:
    """An answer without what does not follow from the spans."""
    if isinstance(said, dict):
        return {key: steady(value) for key, value in said.items() if key not in VOLATILE}
    return [steady(each) for each in said] if isinstance(said, list) else said
