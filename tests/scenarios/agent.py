"""An agent: a model with a history that grows, and tools that it calls."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.scenarios.steps import CHARACTERS_PER_TOKEN, Call, Failure, Step, Turn

if TYPE_CHECKING:
    from tests.scenarios.play import Play

MOST_TURNS, KEPT_TURNS = 24, 10  # of a history, before and after the oldest are dropped
Use = tuple[str, dict[str, Any], Any]  # tool, arguments, result


class Agent:
    """One invocation of an agent."""

    def __init__(
        self,
        play: Play,
        name: str,
        *,
        task: str = "",
        after: Agent | None = None,
        carries: int = 0,
        model: str = "",
        remembers: bool = False,
    ) -> None:
        """`after`: who handed over, and with it the conversation. `carries`: tokens of prompts that
        spans do not show, such as schemas of tools and attached documents. `remembers`: it never
        drops the oldest messages."""
        self.play, self.name, self.carries = play, name, carries or play.carries
        self.model = model or play.model
        self.provider = "anthropic" if self.model.startswith("claude") else "openai"
        self.offered = list(play.theme.tools)  # shared: every call shows it as it is in the end
        earlier: list[Turn] = after.history[1:] if after else []
        self.history: list[Turn] = [
            Turn("system", f"You are {name}. Use the tools, then answer."),
            *earlier,
        ]
        self.remembers = remembers
        self.last_answer: Turn | None = None
        self.prompted = 0  # tokens of the last prompt, which a provider may have cached
        if task:
            self.hear(task)

    def hear(self, text: str, wait: float = 0) -> None:
        """A message of the user, or of whoever called."""
        self.play.wait(wait)
        self.history.append(Turn("user", text))

    def trim(self) -> None:
        """Drop the oldest messages of a long history, save the system's and the first. The history
        goes on with an answer, so that each result follows its call."""
        if self.remembers or len(self.history) <= MOST_TURNS:
            return
        start = len(self.history) - KEPT_TURNS
        while self.history[start].role == "tool":
            start -= 1
        self.history[2 : max(2, start)] = []

    def prompt(self) -> int:
        """What the next prompt comes to, in tokens."""
        return self.carries + sum(turn.length for turn in self.history) // CHARACTERS_PER_TOKEN

    def think(
        self,
        *calls: Call,
        text: str = "",
        seconds: float = 0,
        output: int = 0,
        reasoning: int = 0,
        finish: str = "",
        failure: Failure | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Step:
        """A call of the model, which answers with a text or asks for tools. `output` and
        `reasoning` are tokens, where they are not what the answer comes to; `extra` are attributes
        of the span."""
        self.trim()
        answer = Turn("assistant", text, calls)
        with self.play.wrapper("turn"):
            step = self.model_step(answer, extra or {})
            self.play.wait(seconds or self.play.rng.uniform(0.8, 3.5))
            step.end = self.play.now
        if failure is not None:
            step.failure, step.answer = failure, None
            return step
        step.finish = finish or ("tool_calls" if calls else "stop")
        self.count(step, (output or answer.length // CHARACTERS_PER_TOKEN + 1) + reasoning)
        step.reasoning_tokens = reasoning
        self.history.append(answer)
        self.last_answer = answer
        return step

    def model_step(self, answer: Turn, extra: dict[str, Any]) -> Step:
        """The step of a model call that begins."""
        return self.play.open(
            "model",
            self.model,
            agent=self.name,
            model=self.model,
            provider=self.provider,
            asked=tuple(self.history),
            answer=answer,
            offered=self.offered,
            response_id=f"resp_{self.play.ids.getrandbits(96):024x}",
            extra=extra,
        )

    def count(self, step: Step, output: int) -> None:
        """What a call used, if the sender knows."""
        prompt, cached = self.prompt(), self.prompted if self.play.caching else 0
        self.prompted = prompt
        if self.play.noise.forgetful and self.play.rng.random() < 0.1:
            return
        step.input_tokens, step.output_tokens = prompt, output
        step.cached_tokens = min(cached, prompt)

    def call(self, tool: str, arguments: dict[str, Any]) -> Call:
        """A call of a tool that the agent has."""
        if tool not in self.offered:
            self.offered.append(tool)
        return self.play.call(tool, arguments)

    def do(
        self, call: Call, result: Any = None, *, seconds: float = 0, failure: Failure | None = None
    ) -> Step:
        """Execute a call of a tool."""
        step = self.open_tool(call)
        self.play.wait(seconds or self.play.rng.uniform(0.1, 1.5))
        step.end = self.play.now
        self.settle(step, call, result, failure)
        return step

    def open_tool(self, call: Call) -> Step:
        """The step of a tool call that begins."""
        return self.play.open(
            "tool", call.tool, agent=self.name, call_id=call.id, arguments=call.arguments
        )

    def settle(self, step: Step, call: Call, result: Any, failure: Failure | None) -> None:
        """What a tool gave back, or how it failed."""
        if failure is None:
            step.result = self.play.noise.result(result, self.play.rng, self.play.now)
        step.failure = failure
        told = f"Error: {failure.message}" if failure else as_text(step.result)
        self.history.append(Turn("tool", told, call_id=call.id, tool=call.tool))

    def use(
        self,
        tool: str,
        arguments: dict[str, Any],
        result: Any = None,
        *,
        text: str = "",
        seconds: float = 0,
        failure: Failure | None = None,
    ) -> Step:
        """Ask for a tool and execute it."""
        call = self.call(tool, arguments)
        self.think(call, text=text)
        return self.do(call, result, seconds=seconds, failure=failure)

    def use_together(self, uses: Sequence[Use], *, at_once: bool = True) -> None:
        """Ask for several calls in one message, and execute them side by side, or one by one."""
        calls = [(self.call(tool, arguments), result) for tool, arguments, result in uses]
        self.think(*(call for call, _ in calls))
        if not at_once:
            for call, result in calls:
                self.do(call, result)
            return
        with self.play.side_by_side() as lane:
            for call, result in calls:
                with lane():
                    self.do(call, result)

    def say(self, text: str, **said: Any) -> Step:
        """Answer without a tool."""
        return self.think(text=text, **said)

    @contextmanager
    def delegate(
        self, tool: str, role: int | str, task: str, *, asked: Call | None = None, **options: Any
    ) -> Iterator[Agent]:
        """Let another agent do something: its invocation is inside of a tool call, and its last
        answer is the result. `asked`: the call, if the model has already asked for it."""
        call = asked or self.call(tool, {"task": task})
        if asked is None:
            self.think(call)
        step = self.open_tool(call)
        with self.play.within(step), self.play.agent(role, task=task, **options) as other:
            yield other
        self.settle(step, call, other.last_answer.text if other.last_answer else "", None)

    def hand_off(self, target: str, message: str = "") -> None:
        """Pass control on to another agent, which the caller starts."""
        call = self.call(f"transfer_to_{target}", {"reason": message} if message else {})
        self.think(call)
        step = self.play.open("handoff", call.tool, agent=self.name, target=target, call_id=call.id)
        step.arguments, step.result = call.arguments, f"Transferred to {target}"
        self.play.wait(0.02)
        step.end = self.play.now
        self.history.append(Turn("tool", step.result, call_id=call.id, tool=call.tool))

    def carry(self, tokens: int) -> None:
        """Take something along that is sent with every prompt and that no span shows."""
        self.carries += tokens

    def compact(self, kept: float, summary: str) -> None:
        """Have the model sum the conversation up, and go on from there with a share of the tokens.
        The prompt that asks for the summary is as long as the conversation."""
        before, history = self.prompt(), list(self.history)
        self.hear(
            "Summarize the conversation so far, so that it can be continued from the summary."
        )
        with self.play.within(self.play.open("wrapper", "compaction", agent=self.name)):
            self.say(summary, output=max(200, int(before * min(kept, 0.02))))
        self.history = [history[0], Turn("user", f"Summary of the conversation so far: {summary}")]
        self.carries = 0
        self.carries = max(0, int(before * kept) - self.prompt())


def as_text(result: Any) -> str:
    """A result as the model gets to read it."""
    return result if isinstance(result, str) else json.dumps(result)
