"""Which step each row of a tree is, so that it is the same one in another trace. Pure.

A step is known by the path of its agent, the tool that it is a part of, its kind and its name. So
it does not matter how many layers of a framework lie around it. A model call has the name of what
is done, without that of the model: with another model it is the same step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from agentscope.outline.repeats import VARYING
from agentscope.prices.names import bare_model
from agentscope.traces.tree import Ints, Tree
from agentscope.vocabulary import Kind

AROUND = " :/.-_()"  # what joins the name of a model to that of a call
ANY = "#"  # in place of what a framework adds to names


class Step(NamedTuple):
    """What makes a step the same."""

    path: str  # names of the agents, joined by "/"
    within_tool: str  # the nearest tool above; empty: none
    kind: Kind
    name: str


@dataclass(slots=True)
class Steps:
    """The steps of a tree."""

    keys: list[Step]
    of_row: Ints  # positions in `keys`


def steps_of(tree: Tree) -> Steps:
    """The step of each row. Linear but for sorting."""
    texts = tree.texts
    names, named = names_of(tree)
    place = tree.path.astype(np.int64) * len(texts) + tree.within_tool
    _, place = np.unique(place, return_inverse=True)
    what = tree.kind.astype(np.int64) * len(names) + named
    width = len(Kind) * len(names)
    _, first, of_row = np.unique(place * width + what, return_index=True, return_inverse=True)
    keys = [
        Step(texts[tree.path[at]], texts[tree.within_tool[at]], Kind(tree.kind[at]), names[name])
        for at, name in zip(first.tolist(), named[first].tolist(), strict=True)
    ]
    return Steps(keys, of_row)


def names_of(tree: Tree) -> tuple[list[str], Ints]:
    """The names of all steps, and for each row the position of its own."""
    texts, size = tree.texts, len(tree.texts)
    is_agent = (tree.kind == Kind.AGENT) & (tree.agent > 0)
    is_whole = is_agent | (tree.tool > 0)
    text = np.where(is_agent, tree.agent, np.where(tree.tool > 0, tree.tool, tree.name))
    pairs = text.astype(np.int64) * size + np.where(is_whole, 0, tree.model)
    pairs, of_row = np.unique(pairs * 2 + is_whole, return_inverse=True)
    numbers: dict[str, int] = {}
    found = []
    for pair in pairs.tolist():
        (said, model), whole = divmod(pair // 2, size), pair % 2
        name = texts[said] if whole else plain(texts[said], texts[model])
        found.append(numbers.setdefault(name, len(numbers)))
    return list(numbers), np.array(found, np.int64)[of_row]


def plain(name: str, model: str) -> str:
    """A name without the model, and without what varies from run to run."""
    for each in filter(None, (model, bare_model(model))):
        name = name.replace(each, "").strip(AROUND)
    return VARYING.sub(ANY, name)
