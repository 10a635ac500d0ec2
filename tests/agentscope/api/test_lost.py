"""Addresses of the API that are not there say so, however they are asked."""

import pytest
from django.test import Client


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_an_address_that_is_not_there(method):
    client = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    answer = getattr(client, method)("/api/v1/budgets/5/nothing", content_type="application/json")
    assert answer.status_code == 404
    assert answer.json()["error"] == {
        "code": 404,
        "message": "There is no /api/v1/budgets/5/nothing.",
        "hint": "The addresses are listed at /api/docs/.",
    }
