"""Sends sample traces to the running server, as if the programs had run just now."""

import json
import urllib.error
import urllib.request
from argparse import ArgumentParser
from http import HTTPStatus
from pathlib import Path
from secrets import token_bytes
from textwrap import shorten
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from agentscope.inbox.models import Signal
from ingest.demo import Rerun, signal_of

SAMPLES = settings.BASE_DIR / "tests" / "wire"


class Command(BaseCommand):
    help = "Send the sample traces to the running server. Each run makes new traces."

    def add_arguments(self, parser: ArgumentParser) -> None:
        address = f"http://127.0.0.1:{settings.AGENTSCOPE_HTTP_PORT}"
        parser.add_argument("--url", default=address, help="the server's address (%(default)s)")
        parser.add_argument("--project", default="default", help="the project (%(default)s)")
        parser.add_argument("--key", default="", help="one that may send, where programs show keys")

    def handle(self, *args: Any, url: str, project: str, key: str, **options: Any) -> None:
        headers = headers_of(project, key)
        cases = sorted(SAMPLES.glob("*/case.json"))
        if not cases:
            raise CommandError(f"There are no sample traces in {SAMPLES}: run this in a checkout.")
        for number, case in enumerate(cases, 1):
            told = json.loads(case.read_text())
            scenario = shorten(told["scenario"], 80, placeholder=" …")
            self.stdout.write(f"[{number}/{len(cases)}] {told['case']}: {scenario}")
            self.send_case(case.parent, told, url, headers)
        self.stdout.write(f"\nLook at them: {url}/p/{project}/traces/")

    def send_case(
        self, folder: Path, told: dict[str, Any], url: str, headers: dict[str, str]
    ) -> None:
        """Sends the bodies of one recorded run in order, moved to the present."""
        files = [folder / sent["file"] for sent in told["requests"]]
        kept = [file for file in files if signal_of(file) in Signal.values]
        rerun = Rerun(kept, salt=token_bytes(8))
        for file in kept:
            post(f"{url}/v1/{signal_of(file)}", rerun.body(file), headers)


def headers_of(project: str, key: str) -> dict[str, str]:
    """What each request says of itself."""
    shown = {"authorization": f"Bearer {key}"} if key else {}
    return {"content-type": "application/x-protobuf", "x-agentscope-project": project} | shown


def post(url: str, body: bytes, headers: dict[str, str]) -> None:
    """One OTLP request. Raises CommandError with what to do when it does not work out."""
    request = urllib.request.Request(url, body, headers)  # noqa: S310 - the user's own address
    try:
        with urllib.request.urlopen(request, timeout=30):  # noqa: S310
            return
    except urllib.error.HTTPError as error:
        if error.code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise CommandError(
                f"{url} wants a key of the project that may send traces: "
                "name one by --key; `manage.py create_key PROJECT` makes one."
            ) from error
        raise CommandError(f"{url} answered {error.code}: {error.read()[:200]!r}") from error
    except OSError as error:
        raise CommandError(f"{url} does not answer. Start the server with `make run`.") from error
