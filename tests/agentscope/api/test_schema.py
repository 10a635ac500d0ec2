"""The OpenAPI schema is complete, and the answers keep to it."""

import jsonschema
import pytest
import yaml

from tests.agentscope.api.conftest import CHILD, TRACE


@pytest.fixture
def schema(client, db):
    return yaml.safe_load(client.get("/api/schema/").content)


def test_every_route_is_described(schema):
    assert set(schema["paths"]) == {
        "/api/v1/system/status",
        "/api/v1/traces",
        "/api/v1/traces/{trace_id}",
        "/api/v1/traces/{trace_id}/spans",
        "/api/v1/traces/{trace_id}/spans/{span_id}",
        "/api/v1/traces/{trace_id}/otlp",
    }


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("traces", "TracesShape"),
        (f"traces/{TRACE.hex}", "TraceShape"),
        (f"traces/{TRACE.hex}/spans", "SpansShape"),
        (f"traces/{TRACE.hex}/spans/{CHILD.hex()}", "SpanDetailShape"),
        ("system/status", "StatusShape"),
    ],
)
def test_answers_keep_to_the_schema(client, stored, schema, path, shape):
    answer = client.get(f"/api/v1/{path}").json()
    described = {"$ref": f"#/components/schemas/{name(schema, shape)}", **schema}
    jsonschema.validate(answer, with_nulls(described))


def name(schema, shape):
    """drf-spectacular drops nothing of a name but may number it."""
    return next(each for each in schema["components"]["schemas"] if each == shape)


def with_nulls(node):
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(node, list):
        return [with_nulls(each) for each in node]
    if not isinstance(node, dict):
        return node
    said = {key: with_nulls(value) for key, value in node.items()}
    if said.pop("nullable", False) is True and "type" in said:
        said["type"] = [said["type"], "null"]
    return said


def test_the_page_for_people_needs_no_inline_script(client, db):
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert b"<script>" not in page.content
