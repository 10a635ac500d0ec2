"""A labelled run: what is right to say about it, and the bodies that its sender sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from random import Random
from typing import Literal

from tests.scenarios.play import BEGIN, Play
from tests.scenarios.senders import SENDERS
from tests.scenarios.senders.sender import Sender
from tests.scenarios.steps import SECOND, Hidden, Hides
from tests.scenarios.wire import Sent, bodies, parts, scattered

# alert: a person should be called. inform: it must be found, but calls for nobody. hint: it may be
# found, and calls for nobody. either: it must be found, and may call. silent: nothing is wrong.
Level = Literal["alert", "inform", "either", "hint", "silent"]
Half = Literal["tuning", "test"]

CODES = (
    *("exact_repeat", "similar_repeat", "same_result", "cycle", "handoff_ping_pong", "empty_chat"),
    *("no_convergence", "permanent_retry", "validation_retry", "unknown_tool", "replanning"),
    *("read_thrash", "compaction_loop", "recursive_delegation", "context_growth", "polling"),
    *("degenerate_output", "duplicate_side_effect", "rescheduled_work", "limit_ignored"),
)
# What is seen by content alone. Runs that resemble nothing else are as legitimate without content.
BY_CONTENT = frozenset((1, 2, 3, 4, 7, 11, 12))
HIDDEN_SHARE = 26  # of 256, of those runs
# What is seen by calls of tools, whose texts are shorter than limits that are usual for SDKs.
BY_CALLS = frozenset((1, 3, 4, 8, 9, 10, 12, 16, 18, 19, 20))
CUT_SHARE = 30  # of 256, of the runs that are seen by calls or are fine
USUAL_LIMIT, SHORT_LIMIT = 4096, 600  # characters
AMPLIFIER = "context_growth"  # what a loop costs more by; nowhere wrong to say of one


@dataclass(frozen=True)
class Program:
    """A program, and what is true of every run of it."""

    run: Callable[[Play], None]
    pattern: int  # 1 to 20, as the codes are ordered; 0: nothing is wrong
    shape: str
    level: Level
    variants: int
    codes: tuple[str, ...] = ()  # each is right
    tolerated: tuple[str, ...] = ()  # neither right nor wrong
    look_alike: int = 0  # 1 to 20: which legitimate shape it is
    near: tuple[int, ...] = ()  # the patterns that it resembles
    hides: Hides = ""
    is_limited: bool = False  # it declares a limit of steps, which not every sender has a word for


@dataclass(frozen=True)
class Label:
    """What is known of a run. Tokens and seconds are those since the first repeat."""

    level: Level
    codes: tuple[str, ...]
    tolerated: tuple[str, ...]
    agent: str = ""
    tool: str = ""
    first_repeat: str = ""  # span id in hex
    repetitions: int = 0
    tokens: int = 0
    seconds: float = 0


@dataclass(frozen=True)
class Scenario:
    """One variant of a program."""

    program: Program
    variant: int

    @property
    def name(self) -> str:
        """`L01.reads-it-again.3`, or `fine.pages-through.2`."""
        of = self.program
        kind = f"L{of.pattern:02}" if of.pattern else "fine"
        size = f"-{of.level}" if of.level not in ("alert", "silent") else ""
        return f"{kind}.{of.shape}{size}.{self.variant}"

    @cached_property
    def digest(self) -> bytes:
        """What is drawn from the name without a program having a say in it."""
        return sha256(self.name.encode()).digest()

    @property
    def half(self) -> Half:
        """The half that may be looked at while thresholds are chosen, or the other."""
        return "tuning" if self.digest[0] % 2 else "test"

    @property
    def sender(self) -> Sender:
        """Who tells of it: another one for each variant of a program, so that every program is told
        by several."""
        able = [at for at in SENDERS if not (self.program.is_limited and "limit" in at.leaves_out)]
        first = sha256(f"{self.program.shape} {self.program.level}".encode()).digest()[0]
        return able[(first + self.variant) % len(able)]

    @property
    def hidden(self) -> Hidden:
        """Whether its content is hidden: because the program asks for it, or by chance where that
        changes nothing."""
        of = self.program
        if of.hides or of.level != "silent" or not BY_CONTENT.issuperset(of.near):
            return "" if of.hides == "cut" else of.hides
        by_chance = self.digest[2] < HIDDEN_SHARE
        return ("redacted", "off")[self.digest[3] % 2] if by_chance else ""

    @property
    def cut(self) -> int:
        """Characters after which texts of spans are cut, likewise; 0: nowhere."""
        of = self.program
        if of.hides == "cut":
            return SHORT_LIMIT
        by_chance = of.level == "silent" or of.pattern in BY_CALLS
        return USUAL_LIMIT if by_chance and self.digest[4] < CUT_SHARE else 0

    def play(self, begin: int = BEGIN) -> Play:
        """Run the program, from `begin` in ns on."""
        of = self.program
        is_small = of.level in ("inform", "either")
        played = Play(self.name, hidden=self.hidden, cut=self.cut, small=is_small, begin=begin)
        of.run(played)
        return played

    @cached_property
    def played(self) -> Play:
        """The run at its usual time."""
        return self.play()

    @property
    def label(self) -> Label:
        """What is right to say about it."""
        of, region = self.program, self.played.region
        steps = self.played.steps[region.first : region.end]
        return Label(
            of.level,
            of.codes,
            of.tolerated,
            region.agent,
            region.tool,
            steps[0].id.hex() if steps else "",
            region.repetitions,
            sum(step.tokens for step in steps),
            (region.end_ns - region.begin_ns) / SECOND,
        )

    @property
    def steps(self) -> int:
        """Model calls, tool calls and handoffs: the length of the run."""
        return sum(step.kind in ("model", "tool", "handoff") for step in self.played.steps)

    def bodies(self, begin: int = BEGIN) -> Iterator[Sent]:
        """Its requests in order of arrival."""
        played = self.played if begin == BEGIN else self.play(begin)
        return bodies(played, self.sender)

    def parts(self) -> Iterator[list[Sent]]:
        """Its requests as it grows: a part for each round of what repeats itself, and the rest."""
        return parts(self.played, self.sender, sorted({*self.played.region.ends}))

    def scattered(self, rng: Random) -> list[Sent]:
        """Its requests, cut and mixed at will."""
        return scattered(self.played, self.sender, rng)


@dataclass
class Registry:
    """The programs, as the modules of `programs/` are read."""

    programs: list[Program] = field(default_factory=list)

    def runaway(
        self,
        pattern: int,
        level: Level,
        variants: int,
        *,
        also: str = "",
        tolerated: str = "",
        hides: Hides = "",
        is_limited: bool = False,
    ) -> Callable[[Callable[[Play], None]], Callable[[Play], None]]:
        """A program that runs away by a pattern. `also`: other codes that are right."""

        def register(run: Callable[[Play], None]) -> Callable[[Play], None]:
            codes = (CODES[pattern - 1], *also.split())
            allowed = (*tolerated.split(), AMPLIFIER)
            shape = run.__name__.replace("_", "-")
            made = Program(run, pattern, shape, level, variants, codes, allowed)
            self.programs.append(replace(made, hides=hides, is_limited=is_limited))
            return run

        return register

    def fine(
        self,
        variants: int,
        *,
        like: int = 0,
        near: tuple[int, ...] = (),
        hides: Hides = "",
        is_limited: bool = False,
    ) -> Callable[[Callable[[Play], None]], Callable[[Play], None]]:
        """A program with which nothing is wrong, although it looks `like` one of the twenty shapes
        or is `near` a pattern."""

        def register(run: Callable[[Play], None]) -> Callable[[Play], None]:
            shape = run.__name__.replace("_", "-")
            made = Program(run, 0, shape, "silent", variants, look_alike=like, near=near)
            self.programs.append(replace(made, hides=hides, is_limited=is_limited))
            return run

        return register


REGISTRY = Registry()
runaway, fine = REGISTRY.runaway, REGISTRY.fine
