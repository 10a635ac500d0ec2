"""Whatever the schema lets one send with whichever key, no address breaks, each answer is as the
schema says, and none tells whoever shows no key."""

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
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from agentscope.projects.models import Key, Project
from agentscope.projects.write import create_key

schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
schema.app = WSGIHandler()
any_request = settings(
    max_examples=2,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
OURS = {"host": "localhost"}
AS_SAID = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


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


@pytest.fixture
def keys(shop: Project) -> list[str]:
    """A key of each scope."""
    return [create_key(shop, scope)[1] for scope in Key.Scope]


@schema.parametrize()
@any_request
def test_every_answer_is_as_the_schema_says(
    case: Any, stored: Any, keys: list[str], settings: Any
) -> None:
    settings.AGENTSCOPE_EMBEDDED = True
    case.call_and_validate(headers=OURS, checks=AS_SAID)
    settings.AGENTSCOPE_EMBEDDED = False
    case.headers, case.cookies = {}, {}
    for key in keys:
        headers = {**OURS, "authorization": f"Bearer {key}"}
        case.call_and_validate(headers=headers, checks=AS_SAID)


@schema.parametrize()
@any_request
def test_nothing_is_told_without_a_key(case: Any, stored: Any, production: Any) -> None:
    case.headers = {}
    case.cookies = {}
    answer = case.call(headers=OURS)
    assert set(answer.json()) == {"error"}
    no_address = answer.json()["error"]["message"].startswith("There is no /api/")
    assert answer.status_code == 404 if no_address else answer.status_code in (400, 401, 405)
