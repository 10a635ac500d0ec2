"""A run of a program: its clock, who is inside whom, and what was done so far."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.scenarios.agent import Agent
from tests.scenarios.noise import Noise, drawn
from tests.scenarios.steps import SECOND, Call, Failure, Hidden, Step, StepKind
from tests.scenarios.themes import THEMES

BEGIN = 1_795_608_000 * SECOND  # 2026-11-25 12:00 UTC
MODELS = ("gpt-4o", "gpt-4.1", "gpt-4o-mini", "claude-sonnet-4-5", "claude-haiku-4-5")


@dataclass
class Region:
    """The part of a run that repeats itself, from the second round on."""

    agent: str = ""
    tool: str = ""
    repetitions: int = 0
    first: int = 0  # positions among the steps
    end: int = 0
    begin_ns: int = 0
    end_ns: int = 0
    ends: list[int] = field(default_factory=list)  # when each round ended, ns


class Play:
    """What a program is given: a theme, chance, a clock, and agents that it can start."""

    def __init__(
        self,
        name: str,
        *,
        hidden: Hidden = "",
        cut: int = 0,
        small: bool = False,
        begin: int = BEGIN,
    ) -> None:
        """Chance follows from the name alone. `cut`: so many characters of each text are sent.
        `small`: it costs too little to call for a person. `begin` is when the run starts, in ns."""
        self.name, self.now, self.small = name, begin, small
        self.carries = 150 if small else 3500
        self.rng = Random(f"{name} program")
        self.ids = Random(f"{name} ids")
        noise = vars(drawn(Random(f"{name} noise")))
        self.noise = Noise(**noise | {"hidden": hidden, "cut": cut})
        self.theme = self.rng.choice(THEMES)
        self.model = self.rng.choice(MODELS)
        self.caching = self.rng.random() < 0.5  # whether the provider caches prompts
        self.session = f"conversation-{self.ids.getrandbits(40):010x}"
        self.environment = "production"
        self.steps: list[Step] = []
        self.inside: list[Step] = []
        self.trace = b""
        self.region = Region()

    # chance

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self.rng.randint(low, high)

    def times(self, alert: tuple[int, int], inform: tuple[int, int]) -> int:
        """How often something is done: more often where it should call for a person."""
        return self.between(*(inform if self.small else alert))

    def things(self, count: int) -> list[str]:
        """Different things of the theme."""
        return self.theme.things(self.rng, count)

    def thing(self) -> str:
        """One of them."""
        return self.things(1)[0]

    def record(self, thing: str, version: int = 0) -> dict[str, Any]:
        """What the lookup says of a thing: the same each time, unless its version changed."""
        return self.theme.record(Random(f"{self.name} {thing} {version}"), thing)

    def hits(self, what: str, count: int = 4) -> dict[str, Any]:
        """What a search finds: the same each time."""
        return {"hits": self.theme.hits(Random(f"{self.name} {what}"), count)}

    def sentence(self) -> str:
        """Something new."""
        return self.theme.sentence(self.rng)

    def paragraph(self, sentences: int) -> str:
        """More of it."""
        return self.theme.paragraph(self.rng, sentences)

    # time

    def wait(self, seconds: float) -> None:
        """Nothing happens."""
        self.now += int(seconds * SECOND)

    @contextmanager
    def side_by_side(self) -> Iterator[Any]:
        """Several things that begin at once: each `with lane():` starts the clock again, and after
        the last of them it stands where the longest ended."""
        start = latest = self.now

        @contextmanager
        def lane() -> Iterator[None]:
            nonlocal latest
            self.now = start + self.rng.randint(0, SECOND // 50)
            yield
            latest = max(latest, self.now)

        yield lane
        self.now = latest

    def rounds(self, times: int, agent: Agent | str = "", tool: str = "") -> Iterator[int]:
        """The rounds of a loop that should not be one: from the second on, it repeats itself."""
        name = agent.name if isinstance(agent, Agent) else agent
        region = self.region = Region(name, tool, times)
        for number in range(times):
            if number == min(1, times - 1):
                region.first, region.begin_ns = len(self.steps), self.now
            yield number
            self.ends_a_round(region)

    def ends_a_round(self, region: Region) -> None:
        """One more round of what repeats itself is over."""
        region.end, region.end_ns = len(self.steps), self.now
        region.ends.append(self.now)

    # steps

    def open(self, kind: StepKind, name: str, **said: Any) -> Step:
        """Begin a step inside of what is open; outside of everything it begins a trace."""
        if not self.inside:
            self.trace = self.ids.randbytes(16)
        parent = self.inside[-1].id if self.inside else b""
        step = Step(kind, name, self.trace, self.ids.randbytes(8), parent, self.now, **said)
        step.session = self.session
        self.steps.append(step)
        return step

    @contextmanager
    def within(self, step: Step) -> Iterator[Step]:
        """What is done in here is done inside of a step, which ends with it."""
        self.inside.append(step)
        yield step
        self.inside.pop()
        step.end = self.now = self.now + SECOND // 1000

    def workflow(self, name: str = "") -> Any:
        """A run of several agents, one after the other."""
        return self.within(self.open("workflow", name or self.theme.service))

    @contextmanager
    def wrapper(self, name: str, **said: Any) -> Iterator[None]:
        """A span that some framework puts around things, if it is one that does."""
        if not self.noise.wrapped:
            yield
            return
        with self.within(self.open("wrapper", name, **said)):
            yield

    @contextmanager
    def agent(
        self, role: int | str, failure: Failure | None = None, **options: Any
    ) -> Iterator[Agent]:
        """An invocation of an agent: of that role in the theme, or of that name. Options are those
        of `Agent`, and the `limit` of steps that it declares; a failure is how it ends."""
        name = role if isinstance(role, str) else self.theme.agents[role]
        step = self.open("agent", name, agent=name, limit=options.pop("limit", 0))
        with self.within(step):
            agent = Agent(self, name, **options)
            yield agent
            step.failure = failure
            step.model, step.provider = agent.model, agent.provider
            step.asked = tuple(turn for turn in agent.history[:2] if turn.role == "user")
            step.answer = agent.last_answer

    def call(self, tool: str, arguments: dict[str, Any]) -> Call:
        """A call as a model writes it down."""
        given = self.noise.arguments(arguments, self.rng, self.now)
        return Call(tool, given, f"call_{self.ids.getrandbits(96):024x}")
