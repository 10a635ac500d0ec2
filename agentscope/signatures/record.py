"""The record of a step: what detectors compare of it. How it is stored: see stored.py. Pure."""

from __future__ import annotations

from enum import IntFlag
from math import nan

import numpy as np

from agentscope.signatures.sketch import LANES

VERSION = 13  # of the record: raise it when a field changes its meaning
MOST_COUNT = (1 << 16) - 1
MOST_SIZE = (1 << 32) - 1


class Fact(IntFlag):
    """What is said of a step beside its keys. Stored: add, never renumber."""

    EMPTY = 1  # the result or the answer is known, and is nothing
    CALLS_TOOLS = 2  # the answer asks for tools
    NO_SUCH_TOOL = 4  # one of them was not offered
    CUT = 8  # the answer ended at the limit of tokens
    ONLY_REASONING = 16  # the answer has thoughts and nothing else
    HAS_TEXT = 32  # the answer has visible text
    SUMS_UP = 64  # the last message asks for a summary of the conversation
    PENDING = 128  # the result says that something is not done yet
    REPEATABLE = 256  # the arguments hold an idempotency key, or ask for a rehearsal
    PLANS = 1024  # the answer writes a plan down
    UNKNOWN_TOOL = 512  # there is no tool of the name that was called
    IN_FOLDER = 2048  # the target is a folder
    BY_ID = 4096  # the arguments name a thing by its id
    BEGINS = 8192  # a model call that begins a conversation: nothing in it is the model's yet


RECORD = np.dtype(
    [
        ("call", "<i8"),  # what was asked for: tool and arguments, or the last message; 0: unknown
        ("bag", "<i8"),  # the same by its values alone, whatever they are called
        ("target", "<i8"),  # tool and host, folder or table
        ("result", "<i8"),  # what came back, without what varies
        ("system", "<i8"),  # the instructions that a model was given: who speaks
        ("asks", "<i8"),  # the tools that an answer asks for, with their arguments; 0: none
        ("human", "<i8"),  # the last word of a person that the model saw
        ("arguments", "u1", LANES),  # sketches: see sketch.py
        ("output", "u1", LANES),
        ("argument_size", "<u4"),  # characters
        ("output_size", "<u4"),
        ("position", "<f4"),  # a page, an offset, a first line; NaN: none
        ("advance", "<f4"),  # how far the work is, or how many faults are left
        ("turns", "<u2"),  # words of people that the model saw
        ("repeats", "<u2"),  # how often the end of the answer repeats itself
        ("unit", "<u2"),  # characters of what is repeated
        ("facts", "<u2"),  # Fact
        ("limit", "<u2"),  # turns of the model that a run may take; 0: none is declared
        ("asked_rule", "u1"),  # the secret or personal datum in it: see sensitive.py; 0: none
        ("given_rule", "u1"),  # the same of what came back
        ("host", "<i8"),  # that a call goes to, whatever the tool; 0: none is named
        ("retry_after", "<u4"),  # ms that a failure asks to wait; 0: it does not say
        ("work", "<i8"),  # what a person asked for, without its times; 0: as it is
        ("fault", "<i8"),  # the message of a failure, without what varies
    ]
)
UNSAID = np.zeros(1, RECORD)  # a step of which nothing is known
UNSAID["position"] = UNSAID["advance"] = nan
