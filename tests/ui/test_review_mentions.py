"""Where somebody is named in comments."""

from __future__ import annotations

import pytest

from agentscope.projects.models import User
from agentscope.projects.roles import Role
from agentscope.reviews.letters import wants_letters
from agentscope.reviews.write import comment
from tests.agentscope.reviews.decided import ANN, record
from tests.ui.test_reviews import HOSTILE, PAGE, member

MINE = f"{PAGE}mentions/"


@pytest.fixture
def eve(project, production, settings):
    """An auditor of an installation that mails."""
    settings.EMAIL_HOST = "mail.example"
    client = member(project, "eve", Role.AUDITOR)
    User.objects.filter(username="eve").update(email="eve@example.com")
    return client


def test_comments_that_name_me_are_listed_page_by_page(project, eve):
    assert "No comment names you." in eve.get(MINE).text
    case = record(project.pk)
    for number in range(51):
        comment(case, ANN, f"@eve {HOSTILE} {number}.")
    shown = eve.get(MINE).text
    assert "51 comments, the newest first" in shown
    assert " 50." in shown
    assert " 0." not in shown
    assert " 0." in eve.get(f"{MINE}?from=50").text
    assert "<script>alert" not in shown
    assert member(project, "bob", Role.OPERATOR).get(MINE).text.count("@eve") == 0


def test_letters_are_ended_and_begun_again(project, eve):
    assert "is mailed to eve@example.com" in " ".join(eve.get(MINE).text.split())
    assert eve.post(MINE, {"letters": "off"}).url == MINE
    assert not wants_letters(project.pk, "eve")
    assert "You are not mailed" in eve.get(MINE).text
    assert wants_letters(project.pk, "bob")
    eve.post(MINE, {"letters": "on"})
    assert wants_letters(project.pk, "eve")


def test_where_nobody_is_mailed_it_says_why(client, project, embedded):
    assert "Nobody mails you" in client.get(MINE).text
