"""When a page cannot be made, a person reads why, and nothing of our insides."""

import pytest
from django.db import OperationalError, connection

LIST = "/p/shop/traces/"


@pytest.fixture(autouse=True)
def _tell(client):
    client.raise_request_exception = False


def away(*_args):
    raise OperationalError("connection to 10.0.0.7 refused")


@pytest.mark.parametrize("mode", ["embedded", "production"])
def test_a_lost_database_is_503_and_says_so(client, alice, request, mode):
    request.getfixturevalue(mode)
    client.force_login(alice)
    with connection.execute_wrapper(away):
        answer = client.get(LIST)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "The database is away" in answer.text
    assert "10.0.0.7" not in answer.text
    assert "default-src 'self'" in answer["Content-Security-Policy"]


def test_a_mistake_of_ours_is_500_without_details(client, project, embedded, monkeypatch):
    def mistaken(*_args):
        raise RuntimeError("secret")

    monkeypatch.setattr("ui.views.traces.read_traces", mistaken)
    answer = client.get(LIST)
    assert answer.status_code == 500
    assert "Something broke" in answer.text
    assert "secret" not in answer.text
