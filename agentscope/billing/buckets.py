"""The billed tokens of a trace in disjoint buckets, each of which has one price."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from agentscope.traces.tree import Ints, Tree
from agentscope.vocabulary import Buckets


def disjoint(tree: Tree) -> dict[str, Ints]:
    """The billed tokens of each row by the names of vocabulary.Buckets.

    They add up to `billed_input` and `billed_output`: a part that is larger than what is left of
    its whole is cut, the cache first, then audio, then reasoning.
    """
    read = np.minimum(tree.billed_cache_read, tree.billed_input)
    written = np.minimum(tree.billed_cache_write, tree.billed_input - read)
    for_an_hour = np.minimum(tree.billed_cache_write_1h, written)
    heard = np.minimum(tree.billed_audio_input, tree.billed_input - read - written)
    thought = np.minimum(tree.billed_reasoning, tree.billed_output)
    spoken = np.minimum(tree.billed_audio_output, tree.billed_output - thought)
    return {
        "fresh_input": tree.billed_input - read - written - heard,
        "cache_read": read,
        "cache_write_5m": written - for_an_hour,
        "cache_write_1h": for_an_hour,
        "audio_input": heard,
        "output_text": tree.billed_output - thought - spoken,
        "reasoning": thought,
        "audio_output": spoken,
    }


def buckets(columns: dict[str, Ints], at: int) -> Buckets:
    """The buckets of row `at` of what `disjoint` returned."""
    return Buckets(**{name: int(columns[name][at]) for name in NAMES})


NAMES = [field.name for field in fields(Buckets)]
