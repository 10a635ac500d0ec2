"""Finding in one trace, by what its tree holds: names, agents, tools, models, errors. Pure.

Words are found as parts of words too, in any language and case; in quotes they are a phrase. A row
has to have all of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from agentscope.search.words import fold
from agentscope.traces.tree import Mask, Tree
from agentscope.vocabulary import Kind

WORD = re.compile(r'"([^"]+)"|(\S+)')
MOST_WORDS, LONGEST = 20, 400  # words; characters of all


def needles(written: str) -> tuple[str, ...]:
    """The words and phrases that are looked for, folded, each once. None of it is a pattern."""
    return folded_words(written)[:MOST_WORDS]


def is_cut(written: str) -> bool:
    """Whether more is written than is looked for."""
    return len(written) > LONGEST or len(folded_words(written)) > MOST_WORDS


def folded_words(written: str) -> tuple[str, ...]:
    """All words and phrases of what may be looked for."""
    plain = written[:LONGEST].replace("\0", " ")
    found = (fold(phrase or word) for phrase, word in WORD.findall(plain))
    return tuple(dict.fromkeys(each for each in found if each))


def named_rows(tree: Tree, sought: Sequence[str]) -> list[Mask]:
    """For each needle the rows that have it in what the tree holds of them. An agent's name is
    found at its runs, not at every step of it."""
    folded = [fold(text) for text in tree.texts]
    agent = np.where(tree.kind == Kind.AGENT, tree.agent, 0)
    columns = (tree.name, agent, tree.tool, tree.model, tree.error_type, tree.error_class)
    found = []
    for needle in sought:
        has = np.array([needle in text for text in folded], np.bool_)
        found.append(np.any([has[column] for column in columns], axis=0))
    return found


def all_of(tree: Tree, found: Sequence[Mask]) -> Mask:
    """The rows that have every needle; none, if there is no needle."""
    if not found:
        return np.zeros(len(tree), np.bool_)
    every: Mask = np.all(found, axis=0)
    return every
