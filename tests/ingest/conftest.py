"""A sender of OTLP/HTTP without a network."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from tests.kit.otlp import PROTOBUF

Post = Callable[..., HttpResponse]


@pytest.fixture
def post(db: None, settings: Settings) -> Post:
    """POST a body, to /v1/traces as protobuf unless told otherwise, to an embedded installation."""
    settings.AGENTSCOPE_EMBEDDED = True

    def send(body: bytes, content_type: str = PROTOBUF, path: str = "traces", **said: Any) -> Any:
        headers = {"host": "localhost"} | {name.replace("_", "-"): said[name] for name in said}
        kind: Any = {"CONTENT_TYPE": content_type}  # which the client leaves out with an empty body
        return Client().post(f"/v1/{path}", body, content_type, headers=headers, **kind)

    return send
