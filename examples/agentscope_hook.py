"""May I go on? Asks AgentScope before a call, and holds limits of this program's own.

One file that needs nothing but Python: copy it beside your program. Where AgentScope is, and its
key, are read from AGENTSCOPE_URL and AGENTSCOPE_KEY; what to do while it cannot be asked, until it
has said so itself, from AGENTSCOPE_FAIL (`open` or `closed`).

    may_i(session="s-1", agent="clerk", model="gpt-4o", **estimate(messages))
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import queue
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib import error, request

DECISIONS = ("allow", "warn", "downgrade", "stop")
LOCAL = "http://localhost:4318"
TIME_LIMIT = 1.0  # seconds that a call waits for an answer
REST = 10.0  # seconds for which nobody asks again where no answer came
LARGEST = 1 << 20  # bytes of an answer that are read
AGENTS = 1000  # agents whose policy is remembered
CHARACTERS_OF_A_TOKEN = 4  # of English, about; the bill says what it was
TOKENS_OF_AN_ANSWER = 500  # held for what the model will say
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What was answered: one of DECISIONS and why. `model` is the cheaper one to take when it is
    `downgrade`; `told` is the whole answer, empty where AgentScope was not heard."""

    decision: str
    reason: str
    model: str | None = None
    told: Mapping[str, Any] = field(default_factory=dict)


class Stopped(Exception):
    """The call must not be made; the text is the reason. `answer` is AgentScope's, if any."""

    def __init__(self, reason: str, answer: Answer | None = None) -> None:
        super().__init__(reason)
        self.reason, self.answer = reason, answer


class CircuitOpen(Stopped):
    """This tool has failed too often in a row and rests; the run may go on without it."""


class Refused(Exception):
    """This question cannot be asked, though others may: a wrong key, or a field it lacks."""


class AgentScope:
    """An AgentScope to ask. All threads of a program may share one."""

    def __init__(
        self,
        url: str = LOCAL,
        key: str = "",
        fail: str = "open",
        time_limit: float = TIME_LIMIT,
        rest: float = REST,
    ) -> None:
        self.url, self.key, self.time_limit, self.rest = url.rstrip("/"), key, time_limit, rest
        self._lock = threading.Lock()
        self._resting_until = 0.0  # by the monotonic clock; 0 while it answers
        self._fail = {"": "closed" if fail == "closed" else "open"}  # of an agent; "": of any
        self._open = request.build_opener(NoRedirect).open

    def may_i(self, /, **about: Any) -> Answer:
        """Whether the call that `about` describes may be made: session, trace, agent, path, model,
        user, environment, tool, and an estimate, which is reserved unless `reserve=False`. Waits
        for `time_limit` at most. Raises Stopped, and never anything else."""
        answer = self._answer(about)
        if answer.decision == "stop":
            raise Stopped(answer.reason, answer)
        return answer

    async def may_i_async(self, /, **about: Any) -> Answer:
        """The same for programs of asyncio: others run on while it waits."""
        known = {**trace_of_now(), **about}  # the trace is that of this thread
        return await asyncio.to_thread(self.may_i, **known)

    def _answer(self, about: Mapping[str, Any]) -> Answer:
        agent = about["agent"] if isinstance(about.get("agent"), str) else ""
        try:
            body = question({**trace_of_now(), **about})
        except Exception as failure:  # noqa: BLE001 (whatever it is, the policy holds)
            return self._by_policy(agent, f"the question is no JSON: {failure}")
        if not self._has_turn():
            return self._by_policy(agent, "it did not answer a moment ago")
        try:
            answer = understood(within(self.time_limit, lambda: self._post(body)))
        except Exception as failure:  # noqa: BLE001 (whatever it is, the policy holds)
            log.warning("AgentScope at %s gives no answer: %r", self.url, failure)
            self._rest_for(0.0 if isinstance(failure, Refused) else self.rest)
            return self._by_policy(agent, f"{type(failure).__name__}: {failure}")
        self._rest_for(0.0)
        self._remember(agent, answer.told.get("fail"))
        return answer

    def _post(self, body: bytes) -> Any:
        key = {"authorization": f"Bearer {self.key}"} if self.key else {}
        headers = {"content-type": "application/json", **key}
        try:
            url = f"{self.url}/api/v1/decide"
            asked = request.Request(url, body, headers)  # noqa: S310 (the owner's own address)
            with self._open(asked, timeout=self.time_limit) as answer:
                return json.loads(answer.read(LARGEST))
        except error.HTTPError as no:
            no.close()
            if 400 <= no.code < 500:  # noqa: PLR2004
                raise Refused(f"HTTP {no.code}") from None
            raise

    def _has_turn(self) -> bool:
        """Whether to ask now: while it is away, one call of all threads tries again each `rest`."""
        now = time.monotonic()
        with self._lock:
            if now < self._resting_until:
                return False
            if self._resting_until:
                self._resting_until = now + self.rest
        return True

    def _rest_for(self, seconds: float) -> None:
        with self._lock:
            self._resting_until = time.monotonic() + seconds if seconds else 0.0

    def _remember(self, agent: str, fail: Any) -> None:
        if fail not in ("open", "closed"):
            return
        with self._lock:
            if len(self._fail) >= AGENTS:
                self._fail.clear()
            self._fail[""] = self._fail[agent] = fail

    def _by_policy(self, agent: str, why: str) -> Answer:
        """What was last said to do in this case for this agent, or else for any."""
        with self._lock:
            fail = self._fail.get(agent) or self._fail[""]
        if fail == "closed":
            return Answer("stop", f"AgentScope cannot be asked ({why}), and its policy is to stop.")
        return Answer("allow", f"AgentScope cannot be asked ({why}), and its policy is to go on.")


class NoRedirect(request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """None: the key goes to the address that it was given for, and no further."""


def within(seconds: float, ask: Callable[[], Any]) -> Any:
    """What `ask` gives. Raises what it raises, or TimeoutError after `seconds`: a socket has
    a limit for each read only, and looking up a name has none."""
    given: queue.SimpleQueue[tuple[Any, Exception | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            given.put((ask(), None))
        except Exception as failure:  # noqa: BLE001 (raised again where it was asked)
            given.put((None, failure))

    threading.Thread(target=run, daemon=True, name="agentscope-hook").start()
    try:
        value, failure = given.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"no answer within {seconds:g} s") from None
    if failure:
        raise failure
    return value


def understood(told: Any) -> Answer:
    """The answer in what was sent. Raises ValueError where it is none."""
    if not isinstance(told, dict) or told.get("decision") not in DECISIONS:
        raise ValueError("what it answers is no decision")
    model = told.get("suggested_model")
    reason = str(told.get("reason") or "AgentScope gives no reason.")
    return Answer(told["decision"], reason, model if isinstance(model, str) else None, told)


def question(about: Mapping[str, Any]) -> bytes:
    """The question as it is sent: an estimate is reserved unless said otherwise, so that calls of
    the same moment, and those not yet reported, count. Raises what `json.dumps` does."""
    said = {name: value for name, value in about.items() if value is not None}
    reserve = not said.keys().isdisjoint(("estimated_tokens", "estimated_usd"))
    return json.dumps({"reserve": reserve, **said}, default=str).encode()


def trace_of_now() -> dict[str, str]:
    """The trace that is being recorded, where the program uses OpenTelemetry; else nothing."""
    try:
        span = sys.modules["opentelemetry.trace"].get_current_span().get_span_context()
        return {"trace": f"{span.trace_id:032x}"} if span.is_valid else {}
    except Exception:  # noqa: BLE001 (no trace is no reason to fail)
        return {}


def estimate(messages: Any, answer: int = TOKENS_OF_AN_ANSWER) -> dict[str, int]:
    """About how many tokens a call with these messages takes, and which of them are its answer."""
    tokens = len(str(messages)) // CHARACTERS_OF_A_TOKEN + answer
    return {"estimated_tokens": tokens, "estimated_output_tokens": answer}


@dataclass
class Limits:
    """Limits within this program, with or without AgentScope: USD in all, how often a tool may be
    called with the same arguments, and failures in a row after which it rests some seconds."""

    max_usd: Decimal | None = None
    max_repeats: int | None = None
    max_failures: int = 5
    rest: float = 30.0

    def __post_init__(self) -> None:
        self.usd, self.unpriced = Decimal(0), 0
        self._repeats: Counter[bytes] = Counter()
        self._failures: Counter[str] = Counter()
        self._resting: dict[str, float] = {}
        self._lock = threading.Lock()

    def spent(self, usd: Decimal | None) -> None:
        """Adds what a call cost; None is not known, and counted in `unpriced`."""
        with self._lock:
            self.unpriced += usd is None
            self.usd += usd or 0

    def check(self) -> None:
        """Raises Stopped if nothing may be spent any more."""
        if self.max_usd is not None and self.usd >= self.max_usd:
            unknown = f", and {self.unpriced} calls of unknown cost" if self.unpriced else ""
            raise Stopped(f"${self.usd} of ${self.max_usd} is spent{unknown}.")

    @contextmanager
    def call(self, tool: str, arguments: Any = None) -> Iterator[None]:
        """Around one call of a tool. Raises Stopped before it, and CircuitOpen while it rests."""
        self.check()
        with self._lock:
            self._hold_circuit(tool)
            self._hold_repeats(tool, arguments)
        try:
            yield
        except Exception as failure:
            if not isinstance(failure, Stopped):
                self._failed(tool)
            raise
        with self._lock:
            self._failures.pop(tool, None)
            self._resting.pop(tool, None)

    def _hold_circuit(self, tool: str) -> None:
        now = time.monotonic()
        if now < self._resting.get(tool, 0.0):
            raise CircuitOpen(f"{tool} has failed {self._failures[tool]} times in a row.")
        if tool in self._resting:
            self._resting[tool] = now + self.rest  # this call tries, the others wait for it

    def _hold_repeats(self, tool: str, arguments: Any) -> None:
        if self.max_repeats is None:
            return
        call = hashlib.sha256(f"{tool} {written(arguments)}".encode()).digest()
        if self._repeats[call] >= self.max_repeats:
            raise Stopped(f"{tool} was called {self.max_repeats} times with the same arguments.")
        self._repeats[call] += 1

    def _failed(self, tool: str) -> None:
        with self._lock:
            self._failures[tool] += 1
            if self._failures[tool] >= self.max_failures:
                self._resting[tool] = time.monotonic() + self.rest


def written(arguments: Any) -> str:
    """Arguments as a text, the same in whatever order they are named."""
    try:
        return json.dumps(arguments, sort_keys=True, default=repr)
    except (TypeError, ValueError):
        return repr(arguments)


said = {name: value for name, value in os.environ.items() if value}.get
agentscope = AgentScope(
    said("AGENTSCOPE_URL", LOCAL), said("AGENTSCOPE_KEY", ""), said("AGENTSCOPE_FAIL", "open")
)
agentscope.time_limit = float(said("AGENTSCOPE_TIME_LIMIT", TIME_LIMIT))
may_i, may_i_async = agentscope.may_i, agentscope.may_i_async
