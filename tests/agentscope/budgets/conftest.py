from __future__ import annotations

import pytest

from agentscope.projects.models import Project


@pytest.fixture
def project(db: None) -> Project:
    return Project.objects.create(name="shop")
