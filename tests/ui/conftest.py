from __future__ import annotations

import pytest

from agentscope.projects.models import Member, Project, User
from agentscope.projects.roles import Role


@pytest.fixture
def embedded(settings):
    """No login is needed."""
    settings.AGENTSCOPE_EMBEDDED = True


@pytest.fixture
def production(settings):
    """A login and a membership are needed."""
    settings.AGENTSCOPE_EMBEDDED = False


@pytest.fixture
def project(db) -> Project:
    return Project.objects.get_or_create(name="shop")[0]


@pytest.fixture
def alice(project) -> User:
    """An owner of the project."""
    user = User.objects.create_user("alice", password="secret")
    Member.objects.create(project=project, user=user, role=Role.OWNER)
    return user


@pytest.fixture
def charlie(db) -> User:
    """A stranger to the project, with one of his own."""
    user = User.objects.create_user("charlie", password="secret")
    Member.objects.create(project=Project.objects.create(name="other"), user=user, role=Role.OWNER)
    return user
