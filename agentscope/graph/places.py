"""Which node of the graph each row of a tree belongs to. Pure.

An agent is known by its path, so one name in two places is two nodes; but one that is reached again
through itself is the same: `a/b/a` is `a`. What a tool does is the tool's, as long as no agent runs
inside it: then the call is how that agent was called, and no node.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from agentscope.agents.invoked import Run
from agentscope.agents.runs import own
from agentscope.graph.graph import AGENT, TOOL, UNATTRIBUTED
from agentscope.traces.above import NONE, nearest
from agentscope.traces.agents import SEPARATOR, normal
from agentscope.traces.grow import subtree_sums
from agentscope.traces.tree import Ints, Mask, Tree

CUT = SEPARATOR + "…"  # ends a path that was too long to be kept


@dataclass(slots=True, frozen=True)
class Key:
    """What makes a node the same: its kind, and the path of an agent or the name of a tool."""

    kind: str
    path: str
    name: str

    @property
    def id(self) -> str:
        """Eight hex digits."""
        said = "\0".join((self.kind, self.path, self.name)).encode("utf-8", "replace")
        return blake2b(said, digest_size=4).hexdigest()


NOBODY = Key(UNATTRIBUTED, "", "unattributed")


@dataclass(slots=True)
class Places:
    """The node of each row, as a position in `keys`."""

    keys: list[Key]
    agent: Ints  # of the agent that a row belongs to
    node: Ints  # of the agent, or of the tool whose work it is
    calls: Mask  # tool calls that are counted, and are no way to an agent


def placed(tree: Tree, runs: list[Run]) -> Places:
    """The nodes of all rows of a tree with these runs."""
    calls = tool_calls(tree, runs)
    begins = np.zeros(len(tree), bool)
    begins[[row for run in runs for row in run.rows]] = True
    holder = nearest(tree.parent, calls | begins)  # the call or run that a row is a part of
    is_of_tool = (holder != NONE) & calls[holder]
    numbers: dict[Key, int] = {NOBODY: 0}
    agent = agents(tree, numbers)
    named = np.where(tree.tool > 0, tree.tool, tree.name)
    tools = tools_of(tree, np.unique(named[calls]), numbers)
    node = np.where(is_of_tool, tools[named[holder]], agent)
    return Places(list(numbers), agent, node, calls)


def tool_calls(tree: Tree, runs: list[Run]) -> Mask:
    """The counted tool calls inside which no agent begins to run."""
    begun = np.zeros(len(tree), np.int64)
    begun[[run.rows[0] for run in runs]] = 1
    inside = subtree_sums(begun, tree.end) - begun
    found: Mask = (own(tree, tree.sum_tool_calls) > 0) & (inside == 0)
    return found


def agents(tree: Tree, numbers: dict[Key, int]) -> Ints:
    """The agent of each row. All paths that were too long end alike, so there the name decides."""
    texts = tree.texts
    is_cut = np.array([text.endswith(CUT) for text in texts], bool)[tree.path]
    code = np.where(is_cut, tree.agent + len(texts), tree.path)
    first = np.full(2 * len(texts), NONE)
    first[code[::-1]] = np.arange(len(tree))[::-1]
    found = np.zeros(2 * len(texts), np.int64)
    for at in np.flatnonzero(first != NONE).tolist():
        name, path = texts[tree.agent[first[at]]], texts[tree.path[first[at]]]
        if name:
            found[at] = numbers.setdefault(agent_key(path, name), len(numbers))
    return found[code]


def agent_key(path: str, name: str) -> Key:
    """The node of an agent: where it is on its path for the first time."""
    names = path.removesuffix(name).removesuffix(SEPARATOR).split(SEPARATOR)
    for place, each in enumerate(names):
        if normal(each) == normal(name):
            return Key(AGENT, SEPARATOR.join(names[: place + 1]), each)
    return Key(AGENT, path, name)


def tools_of(tree: Tree, named: Ints, numbers: dict[Key, int]) -> Ints:
    """For each text the node of the tool of that name."""
    found = np.zeros(len(tree.texts), np.int64)
    for text in named.tolist():
        key = Key(TOOL, "", tree.texts[text] or "unnamed tool")
        found[text] = numbers.setdefault(key, len(numbers))
    return found
