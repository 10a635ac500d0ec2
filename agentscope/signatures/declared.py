"""What tools are declared to do when they are called twice, where a model is offered them, or a
server lists them, with the annotations of MCP (modelcontextprotocol.io, schema: ToolAnnotations).
Pure.

`readOnlyHint` and `idempotentHint` say that a second call comes to the same. That none does has to
be said: `idempotentHint: false` beside a word that something is changed; what is left out says
nothing, as servers leave out what is usual. `destructiveHint` alone does not tell: to delete twice
comes to the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from agentscope.signatures.canonical import in_json
from agentscope.vocabulary import Value

READ_ONLY = ("readOnlyHint", "read_only_hint")
IDEMPOTENT = ("idempotentHint", "idempotent_hint")
DESTRUCTIVE = ("destructiveHint", "destructive_hint")
ANY = (*READ_ONLY, *IDEMPOTENT, *DESTRUCTIVE)
HOLDERS = ("annotations", "_meta", "metadata")
Fields = dict[str, Any]


def declared(tools: Sequence[Value]) -> Iterator[tuple[str, bool]]:
    """The names of tools that are annotated, each with whether it does its work each time."""
    for tool in tools:
        if not isinstance(tool, dict):
            continue
        inner = tool.get("function")
        fields: Fields = inner if isinstance(inner, dict) else tool
        name = fields.get("name") or tool.get("name")
        said = each_time(hints_of(tool) or hints_of(fields))
        if isinstance(name, str) and name and said is not None:
            yield name, said


def listed(output: Value) -> Sequence[Value]:
    """The definitions in an answer of a server of MCP that lists its tools."""
    if isinstance(output, str):
        output = in_json(output) if "Hint" in output else None
    tools = output.get("tools") if isinstance(output, dict) else None
    return tools if isinstance(tools, list) else ()


def hints_of(fields: Fields) -> Fields:
    """The annotations of a definition; empty if it has none."""
    for holder in HOLDERS:
        found = fields.get(holder)
        inner = found.get("annotations", found) if isinstance(found, dict) else None
        if isinstance(inner, dict) and hint(inner, ANY) is not None:
            return inner
    return {}


def hint(said: Fields, names: Sequence[str]) -> bool | None:
    """A hint by any of its names."""
    return next((said[name] for name in names if isinstance(said.get(name), bool)), None)


def each_time(said: Fields) -> bool | None:
    """Whether a tool does its work each time it is called alike; None if that is not said."""
    reads, same = hint(said, READ_ONLY), hint(said, IDEMPOTENT)
    if reads or same:
        return False
    changes = reads is False or hint(said, DESTRUCTIVE) is True
    return True if same is False and changes else None
