"""How frameworks say that a model asked for a tool that there is not."""

from __future__ import annotations

import re

NAMES = frozenset(
    "toolnotfound toolnotfounderror nosuchtool nosuchtoolerror ai_nosuchtoolerror ai_nosuchtool"
    " unknowntool unknowntoolerror toolnotfoundexception".split()
)
LONGEST = 400  # characters: it is said at the beginning
NAMED = r"[`'\"]?[\w.:/-]{1,100}[`'\"]?"
SAID = re.compile(
    r"^\W*(?:<tool_use_error>)?(?:(?:mcp )?error(?: -?\d+)?\W+|\w+error: )?(?:"
    r"(?:unknown|no such|unrecogni[sz]ed) (?:tool|function)\b"  # MCP, AutoGPT
    rf"|(?:tool|function) {NAMED} (?:was |is )?"  # MCP, Vercel, Semantic Kernel
    r"(?:not (?:found|available|registered|defined|recogni[sz]ed)|does not exist|doesn't exist)"
    rf"|{NAMED} is not a valid tool"  # LangGraph
    rf"|action {NAMED} don'?t exist"  # CrewAI
    r"|model tried to call unavailable tool"  # Vercel
    r")",
    re.IGNORECASE,
)


def names_no_tool(error_type: str, message: str) -> bool:
    """Whether a failure means that there is no tool of that name. `error_type` is a bare name."""
    return error_type.lower() in NAMES or SAID.match(message[:LONGEST]) is not None
