"""What the documentation names is there, and what can be set is written down."""

import json
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from django.apps import apps
from django.core.management import get_commands

from agentscope.celery import app as celery
from agentscope.findings.catalogue import every
from agentscope.signatures.canonical import REASONS, VOLATILE
from agentscope.signatures.masking import TOLD
from ingest.dialects import DIALECTS
from ingest.understand import Understanding
from tests.ingest.dialects.test_wire import plain, span

ROOT = Path(__file__).parents[1]
PAGES = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "examples/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
EVERY_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))

LINK = re.compile(r"\]\((?!\w+:)([^)#]+)")
CODE = re.compile(r"`([^`\n]+)`")
FOLDERS = ("agentscope", "ingest", "ui", "tests", "bench", "docs", "examples")
SHORT_FOR = (ROOT, ROOT / "agentscope", ROOT / "ui")  # where a path on a page may begin
PATH = re.compile(rf"(?:(?:{'|'.join(FOLDERS)})/)[\w./*-]*|[\w/-]+\.(?:py|css|yml|toml)")
SETTING = re.compile(r"\b(?:AGENTSCOPE_[A-Z_]*[A-Z]|DATABASE_URL|BROKER_URL)\b")
NOT_SETTINGS = {"AGENTSCOPE_IDLE_AFTER"}  # a duration made of AGENTSCOPE_IDLE_SECONDS
SETTINGS = {
    name.removesuffix("_FILE")
    for pattern in ("agentscope/**/*.py", "ingest/**/*.py", "ui/**/*.py", "docker-compose.yml")
    for path in ROOT.glob(pattern)
    for name in SETTING.findall(path.read_text())
} - NOT_SETTINGS
OF_HOOKS = {  # what programs that ask are told by, not the server
    name
    for pattern in ("examples/*.py", "tests/examples/*.py")
    for path in ROOT.glob(pattern)
    for name in SETTING.findall(path.read_text())
}


@EVERY_PAGE
def test_links_lead_somewhere(page):
    links = LINK.findall(page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@EVERY_PAGE
def test_paths_that_are_named_are_there(page):
    paths = [path for path in CODE.findall(page.read_text()) if PATH.fullmatch(path)]
    gone = [path for path in paths if not any(any(at.glob(path)) for at in SHORT_FOR)]
    assert gone == []


@EVERY_PAGE
def test_commands_that_are_named_exist(page):
    text = page.read_text()
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)) <= {*targets}
    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) <= {*get_commands(), "help"}


@EVERY_PAGE
def test_settings_that_are_named_exist(page):
    named = {name.removesuffix("_FILE") for name in SETTING.findall(page.read_text())}
    assert named - SETTINGS - OF_HOOKS == set()


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_setting_is_documented(name):
    assert f"`{name}`" in (ROOT / "docs/settings.md").read_text()


def test_no_documented_setting_is_gone():
    documented = re.findall(
        r"^\| `([A-Z_]+)`", (ROOT / "docs/settings.md").read_text(), re.MULTILINE
    )
    assert set(documented) - SETTINGS == set()


@pytest.mark.parametrize("fields", [VOLATILE, REASONS, TOLD], ids=["asked", "reasons", "told"])
def test_fields_that_are_not_compared_are_listed(fields):
    assert f"`{' '.join(sorted(fields))}`" in (ROOT / "docs/findings.md").read_text()


def test_every_page_is_in_the_index():
    index = (ROOT / "docs/index.md").read_text()
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"index.md"}
    assert pages == set(re.findall(r"\((\w+\.md)\)", index))


def test_every_dialect_has_its_row():
    rows = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/dialects.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(dialect.NAME for dialect in DIALECTS)


def test_every_code_of_a_finding_is_explained():
    page = (ROOT / "docs/findings.md").read_text()
    table = page[page.index("## What each code means") : page.index("## Errors")]
    cells = re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
    codes = [code for cell in cells for code in re.findall(r"`(\w+)`", cell)]
    assert sorted(codes) == sorted(pattern.code for pattern, _ in every())


def test_every_table_of_ours_is_in_the_operations():
    page = (ROOT / "docs/operations.md").read_text()
    size = page[page.index("## Size and retention") :]
    named = set(re.findall(r"`(\w+)`", size))
    ours = [model for model in apps.get_models() if model.__module__.startswith("agentscope.")]
    assert [model._meta.db_table for model in ours if model._meta.db_table not in named] == []


def table_of(page: str, heading: str, cells: str) -> list[tuple[str, ...]]:
    """What is in a table of a page behind a heading: the groups of `cells` in each row."""
    text = (ROOT / "docs" / page).read_text()
    return re.findall(rf"^\| {cells} \|", text[text.index(heading) :], re.MULTILINE)


def test_every_package_and_what_it_owns_is_in_the_architecture():
    rows = table_of("architecture.md", "## The packages", r"`(\w+)` \| ([^|]*)")
    packages = {path.parent.name for path in (ROOT / "agentscope").glob("*/__init__.py")}
    owned = {
        name: {
            model.__name__
            for model in apps.get_models()
            if f"agentscope.{name}." in model.__module__
        }
        for name in packages - {"api", "supervisor"}
    }
    assert {name: set(re.findall(r"\w+", models)) for name, models in rows} == owned


def test_every_task_is_in_the_architecture():
    rows = table_of("architecture.md", "## Processes", r"`(\w+\.\w+)`")
    assert sorted(rows) == sorted(each["task"] for each in celery.conf.beat_schedule.values())


def test_the_layers_in_the_architecture_are_those_that_are_held():
    page = (ROOT / "docs/architecture.md").read_text()
    (named,) = re.findall(r"^`(pipeline → .*)`", page, re.MULTILINE)
    held = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (each["layers"] for each in held if each.get("exhaustive"))
    assert [set(layer.split(", ")) for layer in named.split(" → ")] == [
        set(layer.split(" | ")) for layer in layers[1:]
    ]


def test_decisions_are_numbered_in_order():
    pages = sorted((ROOT / "docs/adr").glob("*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    assert numbers == list(range(1, len(pages) + 1))
    titles = [page.read_text().partition(".")[0] for page in pages]
    assert titles == [f"# {number}" for number in numbers]


def test_the_dialect_that_is_shown_works():
    page = (ROOT / "docs/extending.md").read_text()
    (code,), (pair,) = (
        re.findall(rf"```{kind}\n(.*?)```", page, re.DOTALL) for kind in ("python", "json")
    )
    dialect = ModuleType("acme")
    exec(code, vars(dialect))  # noqa: S102 (it is our own page)
    sent, wanted = json.loads(pair)["span"], json.loads(pair)["meaning"]
    assert plain(Understanding([dialect]).span(span(sent))).items() >= wanted.items()
