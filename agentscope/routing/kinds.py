"""What kind of work a call of a model was, by its numbers and by what came of it. Pure.

The kinds are those that providers and studies tell apart when they say what a small model is for:
classification, routing, extraction, short answers and choices of tools with small models, long
answers and reasoning with large ones (FrugalGPT, arXiv 2305.05176; RouteLLM, arXiv 2406.18665).
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from agentscope.traces.tree import Ints, Mask


class CallKind(IntEnum):
    """A kind of work. The numbers are stored: add, never renumber."""

    UNKNOWN = 0  # its tokens were not reported, or nothing came back
    CLASSIFICATION = 1
    ROUTING = 2
    EXTRACTION = 3
    SHORT_ANSWER = 4
    TOOL_CHOICE = 5
    LONG_ANSWER = 6
    REASONING = 7

    @property
    def word(self) -> str:
        """The kind as people and the API read it: `short_answer`, …"""
        return self.name.lower()


# Kinds of which a try on a smaller model is worth it before there is any evidence.
LIGHT = frozenset(
    {
        CallKind.CLASSIFICATION,
        CallKind.ROUTING,
        CallKind.EXTRACTION,
        CallKind.SHORT_ANSWER,
        CallKind.TOOL_CHOICE,
    }
)
# Kinds of which calls end in tools, a handoff being one.
BY_TOOLS = frozenset({CallKind.ROUTING, CallKind.TOOL_CHOICE})
LABEL = 16  # tokens: a label, a number or yes and no, with the braces of JSON around it
SHORT = 256  # tokens: a paragraph or two; about 200 English words
ARGUMENTS = 512  # tokens: names of tools with their arguments; more is text written for a tool
GIVEN = 1_000  # tokens of input from which on an answer can be an extract of it
EXTRACT = 10  # … being at most a tenth of it
THOUGHT = 1_024  # tokens: the least budget for thinking that Anthropic's API takes

# Input tokens from which on some model of the price list costs another price; a call is priced by
# the size it has. A test holds them to the list.
SIZES = (0, 32_001, 100_001, 128_001, 200_000, 200_001, 256_001, 272_001, 512_001, 524_289)

RULES = {
    CallKind.UNKNOWN: "Its tokens were not reported, or nothing came back.",
    CallKind.CLASSIFICATION: f"At most {LABEL} tokens came back.",
    CallKind.ROUTING: "It handed over to another agent.",
    CallKind.EXTRACTION: f"At most 1/{EXTRACT} of {GIVEN:,} tokens or more that went in came back.",
    CallKind.SHORT_ANSWER: f"At most {SHORT} tokens came back.",
    CallKind.TOOL_CHOICE: f"It called tools, with at most {ARGUMENTS} tokens.",
    CallKind.LONG_ANSWER: "More came back than any other rule allows.",
    CallKind.REASONING: f"At least {THOUGHT:,} tokens were reasoning.",
}


class Numbers(NamedTuple):
    """What is asked about calls, a column each."""

    input: Ints  # tokens
    text: Ints  # output tokens that are not reasoning
    reasoning: Ints
    hands_over: Mask  # another agent went on from it
    calls_tools: Mask


def kinds_of(calls: Numbers) -> Ints:
    """The kind of each call: the first rule that holds."""
    is_extract = (calls.input >= GIVEN) & (calls.text * EXTRACT <= calls.input)
    rules = (
        (calls.text + calls.reasoning <= 0, CallKind.UNKNOWN),
        (calls.reasoning >= THOUGHT, CallKind.REASONING),
        (calls.hands_over, CallKind.ROUTING),
        (calls.calls_tools & (calls.text <= ARGUMENTS), CallKind.TOOL_CHOICE),
        (calls.calls_tools, CallKind.LONG_ANSWER),
        (calls.text <= LABEL, CallKind.CLASSIFICATION),
        (calls.text <= SHORT, CallKind.SHORT_ANSWER),
        (is_extract, CallKind.EXTRACTION),
    )
    conditions, kinds = zip(*rules, strict=True)
    found: Ints = np.select(conditions, kinds, CallKind.LONG_ANSWER).astype(np.int64)
    return found


def sizes_of(input_tokens: Ints) -> Ints:
    """The position in SIZES of each call."""
    place = np.searchsorted(np.array(SIZES), np.maximum(input_tokens, 0), side="right")
    return place.astype(np.int64) - 1
