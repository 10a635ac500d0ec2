"""Behind every address that is read there is something, and the answer has what the schema says of
that address, and nothing else."""

from __future__ import annotations

import jsonschema
import pytest

from agentscope.projects.models import Key
from agentscope.projects.write import create_key
from tests import test_every_route as routes
from tests.agentscope.api.test_schema import closed

pytestmark = pytest.mark.django_db
shop, parts = routes.shop, routes.parts
NOT_JSON = ("/otlp", "/content")  # whose bytes are not looked into


@pytest.fixture
def key(settings, shop) -> str:
    settings.AGENTSCOPE_EMBEDDED = False
    return create_key(shop, Key.Scope.ADMIN)[1]


@pytest.mark.parametrize("route", [each for each in routes.READS if not each.endswith(NOT_JSON)])
def test_what_is_there_is_told_as_the_schema_says(schema, parts, key, route):
    answer = routes.read(route, parts, key)
    said = schema["paths"]["/" + routes.NAME.sub(r"{\1}", route)]["get"]["responses"]["200"]
    shape = said["content"]["application/json"]["schema"]
    assert answer.status_code == 200
    jsonschema.validate(answer.json(), closed({**schema, **shape}))
