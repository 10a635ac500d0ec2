"""A copy of what is stored of a person."""

import json
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command

from agentscope.erasure.export import export_person
from agentscope.erasure.person import Person
from agentscope.projects.write import create_project
from tests.kit.changes import the_change
from tests.kit.costs import agent, call, settle, store, trace_id

pytestmark = pytest.mark.django_db
ANN = "ann@example.com"


@pytest.fixture
def shop():
    """Two traces that name Ann, one of them in a step, and one of somebody else."""
    project = create_project("shop")
    store(project.pk, agent(1, 1, "planner"), call(1, 2, 1, "0.5", user=ANN))
    store(project.pk, agent(2, 1, "planner"), call(2, 2, 1, "0.5", user=ANN, session="s-1"))
    store(project.pk, agent(3, 1, "planner"), call(3, 2, 1, "0.5", user="bob"))
    settle()
    return project


def opened(project, of="user", said=ANN):
    return ZipFile(BytesIO(b"".join(export_person(Person(project.pk, of, said), "ada"))))


def test_each_trace_is_two_files_of_json_lines(shop):
    archive = opened(shop)
    assert archive.testzip() is None
    names = [
        f"{trace_id(number).hex()}{end}" for number in (1, 2) for end in (".jsonl", ".otlp.jsonl")
    ]
    assert archive.namelist() == ["README.txt", *names]
    first, second = (json.loads(line) for line in archive.read(names[0]).splitlines())
    assert (first["span_id"], first["agent"]) == (f"{1:016x}", "planner")
    assert (second["parent_id"], second["user"]) == (f"{1:016x}", ANN)
    (sent, *_) = (json.loads(line) for line in archive.read(names[1]).splitlines())
    assert "resource" in sent or "scopeSpans" in sent
    assert f"the user '{ANN}': 2 traces" in archive.read("README.txt").decode()


def test_a_session_is_exported_alone(shop):
    assert opened(shop, "session", "s-1").namelist()[1:] == [
        f"{trace_id(2).hex()}.jsonl",
        f"{trace_id(2).hex()}.otlp.jsonl",
    ]


def test_the_ledger_is_told_without_the_name(shop):
    opened(shop)
    change = the_change()
    assert change.what == "Exported the data of a user: 2 traces"
    assert change.details["identifier_digest"] == Person(shop.pk, "user", ANN).digest
    assert ANN not in str(change)


def test_a_command_writes_it(shop, tmp_path):
    file, out = tmp_path / "ann.zip", StringIO()
    call_command("export_person", "shop", "user", ANN, str(file), stdout=out)
    assert len(ZipFile(file).namelist()) == 5
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_person", "shop", "user", ANN, str(file))
    with pytest.raises(CommandError, match="Name the user"):
        call_command("export_person", "shop", "user", " ", str(tmp_path / "other.zip"))
    with pytest.raises(CommandError, match="There is no project"):
        call_command("export_person", "nobody", "user", ANN, str(tmp_path / "other.zip"))
