"""What every hook in examples/ keeps to."""

import pytest

from tests.examples.installed import EXAMPLES, PINNED, run

LONGEST = 10  # lines of a hook
LONGEST_FILE = 300
HOOKS = sorted(path for path in EXAMPLES.glob("*.py") if "# --- the hook" in path.read_text())


def hooks(source: str) -> list[int]:
    """The lines of the hook, of each other way to have it ("or"), and of what comes beside it for
    something else than models ("and"): all of a part together."""
    found = [0]
    inside = False
    for line in source.splitlines():
        if line.startswith("# --- "):
            inside = line.startswith(("# --- the hook", "# --- or ", "# --- and "))
            found.append(0)
        elif inside:
            found[-1] += bool(line.strip())
    return [lines for lines in found if lines]


@pytest.mark.parametrize("path", HOOKS, ids=lambda path: path.stem)
def test_a_hook_has_ten_lines(path):
    parts = hooks(path.read_text())
    assert parts
    assert max(parts) <= LONGEST


def test_no_file_is_long():
    long = [path for path in EXAMPLES.glob("*.py") if path.read_text().count("\n") > LONGEST_FILE]
    assert long == []


def test_all_of_a_hook_is_counted():
    hook = "# --- the hook ---\n@at\ndef a():\n    b()\n\ndef c():\n    d()\n"
    assert hooks(f"import x\n{hook}# --- or else ---\ne()\n# --- an agent ---\nf()\n") == [5, 1]


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
