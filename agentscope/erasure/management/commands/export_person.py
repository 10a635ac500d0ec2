"""Writes all that is stored of a user or a session to a zip."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agentscope.erasure.export import export_person
from agentscope.erasure.models import Erasure
from agentscope.erasure.person import Person
from agentscope.projects.changes import COMMAND_LINE
from agentscope.projects.models import Project


class Command(BaseCommand):
    help = "Write all that is stored of a user or a session to a zip."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project")
        parser.add_argument("of", choices=Erasure.Of.values)
        parser.add_argument("name", help="as spans have it")
        parser.add_argument("file", type=Path)

    def handle(
        self, *args: Any, project: str, of: str, name: str, file: Path, **options: Any
    ) -> None:
        found = Project.objects.filter(name=project).first()
        if found is None:
            raise CommandError(f"There is no project {project!r}.")
        if not name.strip():
            raise CommandError("Name the user or the session as spans do.")
        if file.exists():
            raise CommandError(f"{file} is there already: name another file.")
        with file.open("wb") as out:
            out.writelines(export_person(Person(found.pk, of, name), COMMAND_LINE))
        self.stdout.write(f"Wrote {file}.")
