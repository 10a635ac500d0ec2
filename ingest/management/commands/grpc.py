"""`manage.py grpc`: listen for OTLP/gRPC until told to stop."""

import signal
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from agentscope.checks import SETTINGS
from ingest.grpc_server import CannotListen, start_server

GRACE = 10  # seconds for the calls that are under way


class Command(BaseCommand):
    help = "Listen for OTLP over gRPC on AGENTSCOPE_GRPC_HOST and AGENTSCOPE_GRPC_PORT."
    requires_system_checks = [SETTINGS]

    def handle(self, *args: Any, **options: Any) -> None:
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        host, port = settings.AGENTSCOPE_GRPC_HOST, settings.AGENTSCOPE_GRPC_PORT
        try:
            server, port = start_server(host, port)
        except CannotListen as error:
            raise CommandError(f"{error} Set AGENTSCOPE_GRPC_PORT to a free port.") from error
        self.stdout.write(f"OTLP/gRPC listens on {host}:{port}")
        self.stdout.flush()
        stop.wait()
        server.stop(GRACE).wait()
