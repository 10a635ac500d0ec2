"""The command that shows the corpus and writes it."""

from __future__ import annotations

import json
import sys

import pytest

from tests.scenarios.__main__ import main
from tests.scenarios.catalogue import named, scenarios
from tests.scenarios.scenario import CODES


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["tests.scenarios", *arguments])
    main()


def test_it_counts_what_there_is(monkeypatch, capsys):
    run(monkeypatch)
    told = capsys.readouterr().out
    assert all(code in told for code in CODES)
    wrong = sum(bool(at.program.pattern) for at in scenarios())
    assert f"{wrong} run away, {len(scenarios()) - wrong} are legitimate." in told


def test_it_lists_those_that_are_named(monkeypatch, capsys):
    run(monkeypatch, "L19", "fine.pages")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [at.name for at in named(["L19", "fine.pages"])]


def test_it_writes_bodies_and_label(monkeypatch, tmp_path):
    (scenario,) = named(["L08.tries-what-is-forbidden.1"])
    run(monkeypatch, scenario.name, "--write", str(tmp_path))
    folder = tmp_path / scenario.name
    bodies = [path.read_bytes() for path in sorted(folder.glob("*.pb"))]
    assert bodies == [sent.body for sent in scenario.bodies()]
    label = json.loads((folder / "label.json").read_text())
    assert (label["level"], label["codes"]) == ("alert", ["permanent_retry"])


def test_it_knows_what_is_not_there(monkeypatch):
    with pytest.raises(SystemExit, match="No scenario is named so: L99"):
        run(monkeypatch, "L99")
