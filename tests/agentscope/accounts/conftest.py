from __future__ import annotations

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory

from agentscope.projects.models import Project, User
from agentscope.projects.write import add_member


@pytest.fixture(autouse=True)
def production(settings):
    settings.AGENTSCOPE_EMBEDDED = False


@pytest.fixture
def project(db) -> Project:
    return Project.objects.create(name="shop")


@pytest.fixture
def alice(project) -> User:
    user = User.objects.create_user("alice", password="secret")
    add_member(project, user)
    return user


def request_from(address: str = "192.0.2.1", **headers: str) -> HttpRequest:
    """A request with a session of its own."""
    request = RequestFactory(headers=headers).get("/", REMOTE_ADDR=address)
    request.session = SessionStore()
    return request
