"""May I go on? Asks AgentScope before a call, and tells it with the next question what the call
came to.

One file that needs nothing but Python: copy it beside your program. AGENTSCOPE_URL says where to
ask, AGENTSCOPE_KEY is the key, AGENTSCOPE_FAIL what to do (`open`, `closed`) before any answer.

    may_i(session="s-1", agent="clerk", model="gpt-4o", **estimate(messages))
    reply = client.chat.completions.create(model="gpt-4o", messages=messages)
    came_to(reply)
"""

from __future__ import annotations

import asyncio
import atexit
import json
import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib import error, request

DECISIONS = ("allow", "warn", "downgrade", "stop")
LOCAL = "http://localhost:4319"  # the HTTP port answers, too
TIME_LIMIT = 1.0  # seconds that a call waits for an answer
REST = 10.0  # seconds for which nobody asks again where no answer came
LARGEST = 1 << 20  # bytes of an answer that are read
AGENTS = 1000  # agents whose policy is remembered
CALLS = 1000  # under way, and over but not told yet: what is older expires by itself
CHARACTERS_OF_A_TOKEN = 4  # of English, about; the bill says what it was
TOKENS_OF_AN_ANSWER = 500  # held for what the model will say
OF_NOBODY = {"session": None, "agent": None}  # a question says by itself whose it is
USAGE = ("total_tokens", "input_tokens output_tokens", "prompt_tokens completion_tokens")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What was answered: one of DECISIONS and why. `model` is the cheaper one to take, where it is
    `downgrade` and one is known; `told` is all of it, empty where AgentScope was not heard."""

    decision: str
    reason: str
    model: str | None = None
    told: Mapping[str, Any] = field(default_factory=dict)


class Stopped(Exception):
    """The call must not be made; the text is the reason. `answer` is AgentScope's, if any."""

    status_code = 403  # that a gateway which runs a hook tells its clients: not to try again

    def __init__(self, reason: str, answer: Answer | None = None) -> None:
        super().__init__(reason)
        self.reason, self.answer = reason, answer


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
        project: str = "",
    ) -> None:
        self.url, self.time_limit, self.rest = url.rstrip("/"), time_limit, rest
        said = {"authorization": key and f"Bearer {key}", "x-agentscope-project": project}
        self._headers = {"content-type": "application/json", **{k: v for k, v in said.items() if v}}
        self._calls = Calls()
        self._lock = threading.Lock()
        self._resting_until = 0.0  # by the monotonic clock; 0 while it answers
        self._fail = {"": "closed" if fail == "closed" else "open"}  # of an agent; "": of any
        self._open = request.build_opener(NoRedirect).open

    def may_i(self, /, call: Any = None, **about: Any) -> Answer:
        """Whether the call that `about` describes may be made: session, trace, agent, path, model,
        user, environment, tool, and an estimate, which is reserved unless `reserve=False`. `call`
        is its name for `came_to`. Waits for `time_limit` at most. Raises Stopped, nothing else."""
        answer = self._answer(about)
        if answer.decision == "stop":
            raise Stopped(answer.reason, answer)
        if answer.decision != "allow":
            log.warning("AgentScope says %s: %s", answer.decision, answer.reason)
        self._calls.began(call, answer, about)
        return answer

    def came_to(self, usage: Any, call: Any = None, usd: Any = None) -> None:
        """What a call came to: its usage, or the answer that tells it, and USD if known. Told with
        the next question, or at the end. Of calls of one name it is the last that began."""
        self._calls.ended(call, tokens(usage), usd)

    def tell_the_rest(self) -> None:
        """At the end of a program, what calls came to after which nobody asked, and whose they
        were. Takes little more than `time_limit`, and nothing while AgentScope is away."""
        end = time.monotonic() + self.time_limit
        while time.monotonic() < end and (settled := self._calls.next()) and self._has_turn():
            try:
                self._post(json.dumps(settled, default=str).encode())
            except Exception as failure:  # noqa: BLE001 (what is not told expires)
                log.warning("AgentScope at %s is not told the rest: %r", self.url, failure)
                self._rest_for(self.rest)

    async def may_i_async(self, /, call: Any = None, **about: Any) -> Answer:
        """The same for programs of asyncio: others run on while it waits."""
        return await asyncio.to_thread(self.may_i, call, **about)

    def _answer(self, about: Mapping[str, Any]) -> Answer:
        agent = about["agent"] if isinstance(about.get("agent"), str) else ""
        if not self._has_turn():
            return self._by_policy(agent, "it did not answer a moment ago")
        settled = self._calls.next()
        try:
            body = question({**settled, **OF_NOBODY, **trace_of_now(), **about})
            answer = understood(within(self.time_limit, lambda: self._post(body)))
        except Exception as failure:  # noqa: BLE001 (whatever it is, the policy holds)
            log.warning("AgentScope at %s gives no answer: %r", self.url, failure)
            self._calls.not_told({} if isinstance(failure, Refused) else settled)
            self._rest_for(0.0 if isinstance(failure, Refused) else self.rest)
            return self._by_policy(agent, f"{type(failure).__name__}: {failure}")
        self._rest_for(0.0)
        self._remember(agent, answer.told.get("fail"))
        return answer

    def _post(self, body: bytes) -> Any:
        try:
            asked = request.Request(f"{self.url}/api/v1/decide", body, self._headers)  # noqa: S310 (the owner's)
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
        if fail in ("open", "closed"):
            with self._lock:
                if len(self._fail) >= AGENTS:
                    self._fail.clear()
                self._fail[""] = self._fail[agent] = fail

    def _by_policy(self, agent: str, why: str) -> Answer:
        """What was last said to do in this case for this agent, or else for any."""
        with self._lock:
            fail = self._fail.get(agent) or self._fail[""]
        decision, meaning = ("stop", "stop") if fail == "closed" else ("allow", "go on")
        reason = f"AgentScope cannot be asked ({why}), and its policy is to {meaning}."
        return Answer(decision, reason)


class Calls:
    """What is reserved for calls under way, and what those came to that are over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: deque[tuple[Any, dict[str, Any]]] = deque(maxlen=CALLS)
        self._over: deque[dict[str, Any]] = deque(maxlen=CALLS)

    def began(self, call: Any, answer: Answer, about: Mapping[str, Any]) -> None:
        """A call for which something is reserved, if so, and whose it is."""
        reservation = answer.told.get("reservation")
        if isinstance(reservation, dict) and isinstance(reservation.get("id"), str):
            with self._lock:
                whose = {name: about[name] for name in OF_NOBODY if about.get(name)}
                self._under_way.append((call, {"reservation": reservation["id"], **whose}))

    def ended(self, call: Any, tokens: int | None, usd: Any) -> None:
        """It is over. Where nobody knows what it came to, what is reserved stands."""
        came_to = {"spent_tokens": tokens, "spent_usd": None if usd is None else str(usd)}
        known = {name: value for name, value in came_to.items() if value is not None}
        with self._lock:
            mine = next((each for each in reversed(self._under_way) if each[0] == call), None)
            if mine and known:
                self._under_way.remove(mine)
                self._over.append({**mine[1], **known})

    def next(self) -> dict[str, Any]:
        """What to tell next, once; nothing if all was told."""
        with self._lock:
            return self._over.popleft() if self._over else {}

    def not_told(self, settled: dict[str, Any]) -> None:
        """Nobody answered: it is told again, which changes nothing if it was heard."""
        with self._lock:
            if settled and len(self._over) < CALLS:
                self._over.appendleft(settled)


class NoRedirect(request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """None: the key goes to the address that it was given for, and no further."""


def within(seconds: float, ask: Callable[[], Any]) -> Any:
    """What `ask` gives. Raises what it raises, or TimeoutError after `seconds`: a socket has
    a limit for each read only, and looking up a name has none."""
    given: Future[Any] = Future()

    def run() -> None:
        try:
            given.set_result(ask())
        except Exception as failure:  # noqa: BLE001 (raised again where it was asked)
            given.set_exception(failure)

    threading.Thread(target=run, daemon=True, name="agentscope-hook").start()
    try:
        return given.result(seconds)
    except TimeoutError:
        raise TimeoutError(f"no answer within {seconds:g} s") from None


def understood(told: Any) -> Answer:
    """The answer in what was sent. Raises ValueError where it is none."""
    if not isinstance(told, dict) or told.get("decision") not in DECISIONS:
        raise ValueError("what it answers is no decision")
    model = told.get("suggested_model") if told["decision"] == "downgrade" else None
    reason = str(told.get("reason") or "AgentScope gives no reason.")
    return Answer(told["decision"], reason, model if isinstance(model, str) else None, told)


def question(about: Mapping[str, Any]) -> bytes:
    """The question as it is sent: an estimate is reserved unless said otherwise, so that calls of
    the same moment, and those not yet reported, count. Raises Refused."""
    said = {name: value for name, value in about.items() if value is not None}
    reserve = not said.keys().isdisjoint(("estimated_tokens", "estimated_usd"))
    try:
        return json.dumps({"reserve": reserve, **said}, default=str).encode()
    except Exception as failure:
        raise Refused(f"the question is no JSON: {failure}") from failure


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


def tokens(usage: Any) -> int | None:
    """The tokens in and out that a model or a framework tells, or an answer that has its usage;
    None: not known, nor where it says 0. Names are those of OpenAI, Anthropic and LangChain."""
    for name in ("usage", "usage_metadata"):
        usage = getattr(usage, name, usage)
    get = usage.get if isinstance(usage, Mapping) else partial(getattr, usage)
    for names in USAGE:
        found = [get(name, None) for name in names.split()]
        if all(isinstance(each, int) and each >= 0 for each in found):
            return int(sum(found)) or None
    return None


said = {name: value for name, value in os.environ.items() if value}.get
agentscope = AgentScope(
    said("AGENTSCOPE_URL", LOCAL),
    said("AGENTSCOPE_KEY", ""),
    said("AGENTSCOPE_FAIL", "open"),
    float(said("AGENTSCOPE_TIME_LIMIT", TIME_LIMIT)),
    project=said("AGENTSCOPE_PROJECT", ""),
)
atexit.register(agentscope.tell_the_rest)
may_i, may_i_async, came_to = agentscope.may_i, agentscope.may_i_async, agentscope.came_to
