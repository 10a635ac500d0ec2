"""Whatever the schema lets one send, no address breaks, and none tells whoever shows no key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings

schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
schema.app = WSGIHandler()
any_request = settings(
    max_examples=3,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
OURS = {"host": "localhost"}


@pytest.fixture(autouse=True)
def _connected() -> Iterator[None]:
    """A request leaves the connection alone that holds what the test has stored."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def production(settings: Any) -> None:
    settings.AGENTSCOPE_EMBEDDED = False


@schema.parametrize()
@any_request
def test_no_address_breaks(case: Any, stored: Any) -> None:
    answer = case.call(headers=OURS)
    assert answer.status_code < 500, answer.content


@schema.parametrize()
@settings(any_request, max_examples=2)
def test_nothing_is_told_without_a_key(case: Any, stored: Any, production: Any) -> None:
    case.headers = {}
    case.cookies = {}
    answer = case.call(headers=OURS)
    assert set(answer.json()) == {"error"}
    no_address = answer.json()["error"]["message"].startswith("There is no /api/")
    assert answer.status_code == 404 if no_address else answer.status_code in (400, 401, 405)
