"""Which tools change something in the world: one word for each name of a tool. Pure."""

from __future__ import annotations

import numpy as np

from agentscope.findings.effects import changes_state, does_it_again
from agentscope.findings.scene import Scene
from agentscope.signatures.mentions import key
from agentscope.traces.tree import Mask
from agentscope.vocabulary import Kind

BY_NAME = "tool_name"


class Effects:
    """Of the tools of a trace."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.tree = scene, scene.tree
        rows = np.flatnonzero(self.tree.kind == Kind.TOOL)
        self.rules: dict[int, str] = {}  # by the number of a tool that changes something
        for number in np.unique(self.tree.tool[rows]).tolist():
            rule = self.rule(self.tree.texts[number])
            if rule is not None:
                self.rules[number] = rule

    def rule(self, tool: str) -> str | None:
        """How it is known that a tool changes something: "" if the project or the tool's definition
        says so; None if it does not."""
        if self.scene.effects.says(tool) or self.scene.declared.get(key(tool)):
            return ""
        return BY_NAME if changes_state(tool) or does_it_again(tool) else None

    @property
    def rows(self) -> Mask:
        """The rows of calls of these tools."""
        found: Mask = np.isin(self.tree.tool, list(self.rules)) & (self.tree.kind == Kind.TOOL)
        return found

    def of(self, row: int) -> str:
        """The rule of a row that is among them."""
        return self.rules[int(self.tree.tool[row])]
