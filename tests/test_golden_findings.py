"""Runs that got out of hand, as their owners reported them, and some that only looked like it: from
requests to what the API says. Shapes and numbers are those of the reports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from agentscope.findings.causes import add_up
from agentscope.findings.judging import judge_due
from agentscope.findings.models import JudgedDay
from agentscope.traces.clocks import EPOCH
from tests.kit.money import SECOND, START, Told
from tests.kit.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TRACE = 1
MINUTE, HOUR = 60, 3600  # seconds
AT_ONCE = 2000  # spans in a request


@pytest.fixture(autouse=True)
def _embedded(settings):
    settings.AGENTSCOPE_EMBEDDED = True


class Run:
    """The steps of one agent, told while it works: its own span comes when it has ended."""

    def __init__(self, agent: str = "coder", model: str = "claude-sonnet-4-5") -> None:
        self.agent, self.model, self.now, self.numbers = agent, model, 0.0, count(2)

    def think(self, tokens: int | None, seconds: float, **said: Any) -> Told:
        """A call of the model with so many tokens in the prompt; None: it does not say."""
        usage = {} if tokens is None else {"input_tokens": tokens, "output_tokens": 60}
        attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": self.model,
            "gen_ai.response.finish_reasons": "tool_calls",
            **{f"gen_ai.usage.{name}": number for name, number in usage.items()},
        }
        return self.span(f"chat {self.model}", seconds, attributes | said)

    def answer(self, tokens: int, text: str) -> Told:
        """A call of the model that ends with an answer."""
        said = [{"role": "assistant", "parts": [{"type": "text", "content": text}]}]
        ends = {
            "gen_ai.response.finish_reasons": "stop",
            "gen_ai.output.messages": json.dumps(said),
        }
        return self.think(tokens, 2, **ends)

    def use(
        self, tool: str, arguments: str, result: str = "", error: str = "", seconds: float = 0.2
    ) -> Told:
        """A call of a tool; an error is the type and the message of one: `Type: message`."""
        said = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": tool,
            "gen_ai.tool.call.arguments": arguments,
            "gen_ai.tool.call.result": result,
            "error.type": error.partition(":")[0],
        }
        told = self.span(f"execute_tool {tool}", seconds, said)
        if error:
            told.span.status.code = Status.STATUS_CODE_ERROR
            told.span.status.message = error
        return told

    def span(self, name: str, seconds: float, said: dict[str, Any]) -> Told:
        """A span from now on, below that of the agent."""
        made = Span(
            trace_id=TRACE.to_bytes(16, "big"),
            span_id=next(self.numbers).to_bytes(8, "big"),
            parent_span_id=(1).to_bytes(8, "big"),
            name=name,
            start_time_unix_nano=START + int(self.now * SECOND),
            end_time_unix_nano=START + int((self.now + seconds) * SECOND),
        )
        self.now += seconds
        for key, value in ({"gen_ai.agent.name": self.agent} | said).items():
            kind = {int: "int_value", float: "double_value", str: "string_value"}[type(value)]
            if value != "":
                setattr(made.attributes.add(key=key).value, kind, value)
        return Told("shop", "golden", made)

    def end(self) -> Told:
        """The agent's own span."""
        told = self.span(f"invoke_agent {self.agent}", 0, {"gen_ai.operation.name": "invoke_agent"})
        told.span.span_id, told.span.parent_span_id = (1).to_bytes(8, "big"), b""
        told.span.start_time_unix_nano = START
        return told


def tell(world: World, spans: list[Told]) -> dict[str, dict[str, Any]]:
    """Send spans, and what the worst finding of each code says then."""
    for start in range(0, len(spans), AT_ONCE):
        world.send(spans[start : start + AT_ONCE])
    world.settle()
    found = world.json(f"traces/{TRACE:032x}/findings", limit="500")["findings"]
    rank = ("info", "warning", "alert").index
    standing = [each for each in found if not each["withdrawn"]]
    return {
        each["code"]: each for each in sorted(standing, key=lambda each: rank(each["severity"]))
    }


STEPS, USD, HOURS = 3673, Decimal("626.34"), Decimal("14.7")
FIRST_PROMPT, GROWTH = 22_000, 266  # tokens; 1.88 billion of them in all


def blocked_steps() -> Iterator[list[Told]]:
    """kilocode#13772: every call of a tool is blocked, and the prompt grows with each."""
    run, spent = Run(), Decimal(0)
    prompts = [FIRST_PROMPT + GROWTH * at for at in range(STEPS)]
    seconds = float(HOURS * HOUR / STEPS)
    for at, prompt in enumerate(prompts):
        share = (USD * sum(prompts[: at + 1]) / sum(prompts)).quantize(Decimal("1e-6")) - spent
        spent += share
        cost = {
            "gen_ai.usage.cost": str(share),
            "gen_ai.usage.cache_read.input_tokens": prompt - 90,
        }
        path = f'{{"path": "src/part_{at}.py", "content": "{at * 7919}"}}'
        blocked = "PermissionDeniedError: The tool write_file is blocked in this mode"
        yield [run.think(prompt, seconds - 0.2, **cost), run.use("write_file", path, error=blocked)]


def test_a_tool_that_is_blocked_3673_times_calls_somebody_at_the_fourth():
    steps, world = blocked_steps(), World()
    for _ in range(3):
        found = tell(world, next(steps))
    assert found["permanent_retry"]["repeats"] == 3
    found = tell(world, next(steps))
    assert (found["permanent_retry"]["severity"], found["permanent_retry"]["repeats"]) == (
        "alert",
        4,
    )
    raised = found["permanent_retry"]["fingerprint"], found["permanent_retry"]["first_span_id"]

    rest = [span for step in steps for span in step]
    found = tell(world, rest)["permanent_retry"]
    assert (found["fingerprint"], found["first_span_id"]) == raised
    assert (found["severity"], found["repeats"]) == ("alert", STEPS)
    assert str(STEPS) in found["sentence"]
    cost, rate = Decimal(found["known_cost_usd"]), Decimal(found["burn_usd_per_hour"])
    assert USD - 1 < cost <= USD
    assert USD / HOURS - 1 < rate < USD / HOURS + 1
    assert found["unpriced_calls"] == 0
    assert Decimal(world.json(f"traces/{TRACE:032x}")["known_cost_usd"]) == USD


def searches(minutes: int, unknown: int = 0) -> list[Told]:
    """rakazo#883: 17 model calls a minute with half a million tokens each, of which nearly all ask
    for a file or a list; a sixth fails, and none finds what is looked for. Each so many-th call
    does not say what it used."""
    run, spans = Run("scout", "gpt-4o"), []
    for at in range(17 * minutes):
        is_unknown = unknown and at % unknown == 1
        spans.append(run.think(None if is_unknown else 480_000 + 400 * at, 3.2))
        folder = f"lib/{at * 31}"
        if at % 6 == 3:
            gone = "FileNotFoundError: No such file or directory: 'totals.cfg'"
            spans.append(run.use("read_file", f'{{"path": "{folder}/totals.cfg"}}', error=gone))
        else:
            asked = f'{{"folder": "{folder}", "name": "totals.cfg"}}'
            spans.append(run.use("list_files", asked, '{"files": []}'))
    return spans


def test_a_search_for_a_missing_file_is_an_alert_within_minutes():
    found = tell(World(), searches(minutes=5))
    assert found["same_result"]["severity"] == "alert"
    assert found["context_growth"]["severity"] == "alert"
    assert Decimal(found["same_result"]["burn_usd_per_hour"]) > 500


def test_calls_of_unknown_usage_are_named_beside_what_is_known():
    world = World()
    found = tell(world, searches(minutes=5, unknown=9))["same_result"]
    trace = world.json(f"traces/{TRACE:032x}")
    unknown = sum(at % 9 == 1 for at in range(17 * 5))
    assert (trace["llm_calls"], trace["unpriced_calls"]) == (17 * 5, unknown)
    assert found["severity"] == "alert"
    assert 0 < found["unpriced_calls"] <= unknown
    assert Decimal(found["burn_usd_per_hour"]) > 500


def test_a_loop_of_which_nothing_is_known_did_not_cost_nothing():
    run, world = Run(), World()
    spans = [
        span
        for _ in range(9)
        for span in (
            run.think(None, 1),
            run.use("get", '{"of": 1}', "The same as it was an hour ago, and before."),
        )
    ]
    found = tell(world, [*spans, run.end()])["exact_repeat"]
    assert found["known_cost_usd"] == "0"
    assert found["unpriced_calls"] >= 7  # since the first repeat
    trace = world.json(f"traces/{TRACE:032x}")
    assert (trace["known_cost_usd"], trace["unpriced_calls"]) == ("0", 9)


def test_file_after_file_is_moved_and_nothing_is_said():
    """gemini-cli#5873: a loop it was called, and it was a list. Prompts are cached, as they are by
    default."""
    run, world, spans = Run("coder", "gemini-2.5-pro"), World(), []
    for at in range(60):
        cached = {"gen_ai.usage.cache_read.input_tokens": 8800 + 80 * at}
        spans.append(run.think(9000 + 80 * at, 4, **cached))
        moved = f'{{"command": "mv photos/IMG_{4000 + at}.jpg archive/2025/IMG_{4000 + at}.jpg"}}'
        spans.append(run.use("run_shell_command", moved, '{"stdout": "", "exit_code": 0}'))
    spans += [run.answer(14_000, "All 60 photos are in archive/2025 now."), run.end()]
    assert tell(world, spans) == {}


def test_a_call_that_fails_for_a_while_is_no_exact_repeat():
    """sentry PR#120620: attempts at one call are retries, whatever they have in common."""
    run, world = Run(), World()
    spans = [run.think(9000, 2)]
    for at in range(6):
        error = "ServiceUnavailableError: 503 upstream connect error"
        spans.append(run.use("get_order", '{"id": 7}', error=error))
        run.now += 2**at
    spans += [run.use("get_order", '{"id": 7}', '{"state": "paid"}'), run.think(9100, 2), run.end()]
    found = tell(world, spans)
    assert "exact_repeat" not in found
    assert {each["severity"] for each in found.values()} <= {"info"}


def test_a_status_that_is_asked_for_is_polling_and_no_exact_repeat():
    """The same rules: what waits for a job has a class of its own."""
    run, world = Run(), World()
    spans = [
        span
        for _ in range(40)
        for span in (
            run.think(9000, 1),
            run.use("get_job_status", '{"job_id": 7}', '{"status": "running"}'),
        )
    ]
    found = tell(world, [*spans, run.end()])
    assert found["polling"]["severity"] == "alert"
    assert "exact_repeat" not in found


def severities(days: list[str], runs: int) -> set[str]:
    """What is said of money where an agent spent so many dollars a day, in runs hours apart."""
    world, today = World(), len(days) - 1
    told = []
    for day, usd in enumerate(days):
        for hour in range(runs):
            trace, share = 100 + 10 * day + hour, Decimal(usd) / runs
            run = Run("reporter")
            run.now = (day - today) * 24.0 * HOUR + hour * HOUR
            told.append(run.think(900, 2, **{"gen_ai.usage.cost": f"{share:.6f}"}))
            told[-1].span.trace_id = trace.to_bytes(16, "big")
    world.send(told)
    world.settle()
    JudgedDay.objects.filter(due_at__isnull=False).update(due_at=EPOCH)
    while judge_due():
        pass
    while add_up():
        pass
    causes: list[dict[str, Any]] = world.json("findings", limit="100")["findings"]
    return {each["severity"] for each in causes if each["code"] == "cost_anomaly"}


@pytest.mark.parametrize("runs", [1, 6])
def test_one_day_is_no_history(runs):
    """ceiling PR#350: $1.50 on the first day and $12 on the second is nothing to be woken for."""
    assert "alert" not in severities(["1.50", "12"], runs)


@pytest.mark.parametrize("runs", [2, 6])
def test_after_days_of_sixty_cents_180_dollars_wake_somebody(runs):
    """ceiling PR#358."""
    assert "alert" in severities([*["0.60"] * 7, "180"], runs)
