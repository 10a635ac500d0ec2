"""What a record tells, in words: by its part and what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agentscope.agents.invoked import CONTAINS, DELEGATES, HANDS_OFF
from agentscope.vocabulary import Kind
from ui.kinds import kind_word
from ui.record_words import OUTCOMES
from ui.rejected import WORDS

Ended = Mapping[str, tuple[str, str]]  # a word of ours → as people say it, with a tone
ENDED: Ended = {
    "done": ("", ""),
    "failed": ("failed", "bad"),
    "waiting": ("waits for a person", "warn"),
    "running": ("goes on", ""),
}
REJECTED: Ended = {each.word: (word, "gone") for each, word in WORDS.items() if each}
VERDICTS: Ended = {
    "passed": ("passed", "good"),
    "changed": ("changed it", "warn"),
    "refused": ("refused", "bad"),
    "untold": ("no verdict is told", ""),
}
ANSWERS: Ended = {
    "approved": ("approved", "good"),
    "changed": ("changed it", "warn"),
    "rejected": ("turned it down", "bad"),
    "answered": ("answered", ""),
    "waiting": ("waits for an answer", "warn"),
}
SPOKE: Ended = {"person": ("", ""), "budget": ("", "")}
CALLERS: Ended = {
    CONTAINS: ("runs it inside", ""),
    DELEGATES: ("called it as a tool", ""),
    HANDS_OFF: ("handed over to it", ""),
}
GOES_ON: Ended = {
    "allow": ("was let go on", "good"),
    "warn": ("was let go on with a warning", "warn"),
    "downgrade": ("was told to take a cheaper model", "warn"),
}
HIDDEN: Ended = {"hidden": ("what, nobody tells", "")}
ENDS: Ended = {each: (said.word, said.tone) for each, said in OUTCOMES.items()}


@dataclass(frozen=True, slots=True)
class Way:
    """How an item is told."""

    word: str = ""
    ended: Ended = field(default_factory=dict)
    given: str = "given"  # before the digest of what went in
    gave: str = "gave back"  # and of what came out


NO_SUCH = Way()
WAYS: dict[tuple[str, str], Way] = {
    ("who", "agent"): Way("agent"),
    ("who", "step"): Way("no agent is named; the step"),
    ("who", "version"): Way("in version"),
    ("who", "service"): Way("of service"),
    ("who", "environment"): Way("in environment"),
    ("who", "user"): Way("on behalf of"),
    ("who", "session"): Way("in session"),
    ("who", "caller"): Way("called by", CALLERS),
    ("knew", "earlier"): Way("goes on from run"),
    ("knew", "input"): Way("was given in"),
    ("knew", "prompt"): Way("asked", given="prompt"),
    ("knew", "read"): Way("read by", ENDED, gave="read"),
    ("considered", "plan"): Way("plan", gave="planned"),
    ("considered", "thought"): Way("thought in", HIDDEN, gave="thought"),
    ("considered", "candidate"): Way("one of several answers of", gave="answer"),
    ("considered", "verdict"): Way("judged by", VERDICTS),
    ("considered", "rejected"): Way("gave up", REJECTED),
    ("chosen", "candidate"): Way("of the answers of", gave="this one"),
    ("chosen", "call"): Way("to call", given="with"),
    ("chosen", "answer"): Way("answered in", gave="answer"),
    ("authority", "approval"): Way("a person was asked in", ANSWERS, "asked", "said"),
    ("authority", "policy"): Way("guardrail", VERDICTS),
    ("authority", "answer"): Way("asked whether to go on", GOES_ON),
    ("authority", "stop"): Way("was told to stop", SPOKE),
    ("authority", "lift"): Way("was let go on", SPOKE),
    ("came_of", "outcome"): Way("it ended with", ENDS),
    ("came_of", "finding"): Way("found"),
    **{("did", each.word): Way(kind_word(each), ENDED) for each in Kind},
}
