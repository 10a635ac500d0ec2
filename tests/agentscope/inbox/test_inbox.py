"""What waits, what failed, and how it is tried again."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from agentscope.inbox.models import DeadLetter, Inbox
from agentscope.inbox.read import backlog, dead_letters

pytestmark = pytest.mark.django_db
CAME = timezone.now() - timedelta(hours=1)


def letter(project_id: int = 1) -> DeadLetter:
    return DeadLetter.objects.create(
        received_at=CAME, project_id=project_id, signal="traces", body=b"as it came", error="why"
    )


def test_an_empty_inbox_has_no_age():
    assert (backlog().rows, backlog().oldest_seconds, backlog().dead_letters) == (0, None, 0)


def test_a_retried_letter_is_the_request_as_it_came(capsys):
    letter()
    call_command("retry_dead_letters")
    assert "1 requests" in capsys.readouterr().out
    assert DeadLetter.objects.count() == 0
    assert bytes(Inbox.objects.get().body) == b"as it came"


def test_letters_of_other_projects_are_not_seen(django_assert_num_queries):
    mine, _ = letter(1), letter(2)
    with django_assert_num_queries(1):
        assert [found.pk for found in dead_letters(1, 10)] == [mine.pk]
