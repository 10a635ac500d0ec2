"""Which web pages may read."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from agentscope.projects.origins import allow_origin


@pytest.mark.parametrize(
    ("configured", "origin", "allowed"),
    [
        ([], "https://a.example", None),
        (["https://a.example"], "https://a.example", "https://a.example"),
        (["https://a.example"], "https://a.example.evil", None),
        (["https://a.example"], "null", None),
        (["https://a.example"], "", None),
        (["*"], "https://b.example", "https://b.example"),
    ],
)
def test_only_configured_origins(settings, configured, origin, allowed):
    settings.AGENTSCOPE_CORS_ORIGINS = configured
    asked = RequestFactory().get("/", headers={"origin": origin})
    answer = allow_origin(asked, HttpResponse())
    assert answer.get("Access-Control-Allow-Origin") == allowed
    assert ("Origin" in answer.get("Vary", "")) == bool(configured)
