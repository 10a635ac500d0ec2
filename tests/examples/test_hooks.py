"""What every hook in examples/ keeps to."""

import ast

import pytest

from tests.examples.installed import EXAMPLES, PINNED, run

LONGEST = 10  # lines of a hook
HOOKS = sorted(path for path in EXAMPLES.glob("*.py") if "# --- the hook" in path.read_text())


def hooks(source: str) -> list[int]:
    """The lines of each class and function between "the hook" and the next part that is none."""
    lines = source.splitlines()
    marks = [number for number, line in enumerate(lines, 1) if line.startswith("# --- ")]
    begin = next(at for at in marks if "the hook" in lines[at - 1])
    ends = [at for at in marks if at > begin and not lines[at - 1].startswith("# --- or")]
    end = min(ends, default=len(lines) + 1)
    found = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and begin < node.lineno < end:
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            written = lines[first - 1 : node.end_lineno]
            found.append(sum(bool(line.strip()) for line in written))
    return found


@pytest.mark.parametrize("path", HOOKS, ids=lambda path: path.stem)
def test_a_hook_has_ten_lines(path):
    assert hooks(path.read_text())
    assert [lines for lines in hooks(path.read_text()) if lines > LONGEST] == []


def test_there_is_a_hook_for_each_framework():
    assert [path.stem for path in HOOKS] == [
        "crewai_hook",
        "langgraph_hook",
        "litellm_hook",
        "litellm_proxy_hook",
        "openai_agents_hook",
        "plain_python",
        "portkey_webhook",
        "semantic_kernel_hook",
    ]


@pytest.mark.parametrize("path", sorted(PINNED.glob("*.in")), ids=lambda path: path.stem)
def test_what_is_asked_for_is_what_is_pinned(path):
    pinned = path.with_suffix(".txt").read_text().splitlines()
    asked = [line.partition("[")[0].partition("==")[0] for line in path.read_text().splitlines()]
    versions = [line.rpartition("==")[2] for line in path.read_text().splitlines()]
    found = {line.split(" ;")[0].partition("==")[0].partition("[")[0]: line for line in pinned}
    assert [found[name].split(" ;")[0].rpartition("==")[2] for name in asked] == versions


def test_what_cannot_be_installed_is_an_error_that_says_so():
    with pytest.raises(pytest.fail.Exception, match=r"cannot be installed .* package index"):
        run("crewai", ["sh", "-c", "echo no route to host >&2; exit 1"])
