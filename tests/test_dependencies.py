"""What our code imports is asked for by us: whoever else brings it may cease to."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions

from tests.test_shape import FILES, ROOT

OURS = {"agentscope", "ingest", "ui"}
# Part of what a library shows of itself, by the module in which it does.
SHOWN_BY = {"click": "celery", "kombu": "celery", "google": "opentelemetry-proto"}
NOT_NEEDED = {"_typeshed", "compression"}  # of type checkers alone; of newer Pythons


def test_whatever_is_imported_is_asked_for():
    asked = {*pins("dependencies"), *pins("optional-dependencies", "notify")}
    brought = packages_distributions()
    missing = {
        module
        for module in imported() - OURS - NOT_NEEDED - sys.stdlib_module_names
        if not {SHOWN_BY.get(module), *map(plain, brought.get(module, []))} & asked
    }
    assert missing == set()


def test_the_lock_has_what_is_asked_for():
    lock = (ROOT / "requirements.txt").read_text()
    locked = {
        plain(name): (version, why)
        for name, version, why in re.findall(
            r"(?m)^([\w.-]+)==(\S+).*\n(?:    --hash.*\n)+((?:    #.*\n)+)", lock
        )
    }
    for name, version in pins("dependencies").items():
        assert locked[name][0] == version
        assert "agentscope (pyproject.toml)" in locked[name][1]


def test_each_library_has_a_reason():
    reasons = (ROOT / "docs/adr/0002-dependencies.md").read_text()
    named = {plain(each) for each in re.findall(r"[\w.-]+\w", reasons)}
    assert set(pins("dependencies")) - named == set()


def imported() -> set[str]:
    """The first part of the name of each module that is imported."""
    return {name.partition(".")[0] for path in FILES for name in imports(path.read_text())}


def imports(code: str) -> Iterator[str]:
    """The modules that a file names."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module)


def pins(*path: str) -> dict[str, str]:
    """Libraries that pyproject.toml asks for, each with its version."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for name in path:
        asked = asked[name]
    found = (re.match(r"([\w.-]+)(?:\[.*\])?==([^;\s]+)", each) for each in asked)
    return {plain(pin[1]): pin[2] for pin in found if pin}


def plain(name: str) -> str:
    """A name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
