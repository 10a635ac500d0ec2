"""How frameworks say that there is no such tool, and what only sounds like it."""

import pytest

from agentscope.signatures.unknown_tools import names_no_tool


@pytest.mark.parametrize(
    "message",
    [
        "Unknown tool: run_shell",
        "MCP error -32602: Tool run_shell not found",
        "Error: run_shell is not a valid tool, try one of [search, fetch].",
        "Tool 'run_shell' not found. Available tools: search",
        "ToolNotFoundError: Tool 'run_shell' not found.",
        "<tool_use_error>Error: No such tool available: run_shell</tool_use_error>",
        "Model tried to call unavailable tool 'run_shell'. Available tools: search.",
        "Function `run_shell` does not exist",
        "Action 'run_shell' don't exist, these are the only available Actions:",
    ],
)
def test_said_by_frameworks(message: str) -> None:
    assert names_no_tool("", message)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "Record 'run_shell' not found",
        "The page says: Unknown tool: run_shell",
        "Tools for gardening were not found in this shop",
        "Unknown user",
        "Tool 'search' failed: not found",
    ],
)
def test_what_only_sounds_like_it(message: str) -> None:
    assert not names_no_tool("NotFoundError", message)


def test_by_the_class_of_the_error() -> None:
    assert names_no_tool("AI_NoSuchToolError", "")
    assert names_no_tool("ToolNotFoundError", "")
