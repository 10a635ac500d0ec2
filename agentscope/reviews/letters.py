"""Mailing people that comments name them: all that is new of a project in one letter, which repeats
nothing of what is said, for that may be erased."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import groupby
from urllib.parse import quote
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from agentscope.channels.address import public_address
from agentscope.channels.kinds import email
from agentscope.channels.kinds.kind import Letter
from agentscope.channels.message import Message, one_line
from agentscope.channels.outcome import Came
from agentscope.projects.changes import note_change
from agentscope.projects.models import Project, User
from agentscope.projects.roles import Right
from agentscope.reviews.case import members
from agentscope.reviews.models import Mention, NoLetters

log = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=2)  # who sees it meanwhile on the page needs no letter
PAUSE = timedelta(minutes=15)  # between two letters to somebody about a project
LATEST = timedelta(days=1)  # what could not be mailed by then is not
AT_ONCE = 1_000  # mentions that are looked at
MOST_LINES = 10


def mail_mentions() -> None:
    """Mail whoever is named and has not seen it, unless they want no letters. The rest waits where
    the mail server is not there."""
    if settings.EMAIL_HOST:
        named = groupby(waiting(), key=lambda each: (each.project_id, each.who))
        for (project_id, who), several in named:
            if not mailed(project_id, who, list(several)):
                return


def waiting() -> Iterable[Mention]:
    """Mentions that are to be mailed, by project and person."""
    now = timezone.now()
    same = {"project_id": OuterRef("project_id"), "who": OuterRef("who")}
    lately = Mention.objects.filter(**same, mailed_at__gt=now - PAUSE)
    found = Mention.objects.filter(seen_at=None, mailed_at=None).exclude(comment__who=F("who"))
    found = found.filter(comment__at__range=(now - LATEST, now - PATIENCE))
    found = found.exclude(Exists(lately) | Exists(NoLetters.objects.filter(**same)))
    oldest = found.select_related("comment").order_by("pk")[:AT_ONCE]
    return sorted(oldest, key=lambda each: (each.project_id, each.who, each.pk))


def mailed(project_id: int, who: str, several: Sequence[Mention]) -> bool:
    """Send somebody one letter; whether the mail server is there. Two workers do not both send it;
    one that is killed meanwhile has sent none, and the page has it all the same."""
    rows = Mention.objects.filter(pk__in=[each.pk for each in several], mailed_at=None)
    to = address_of(project_id, who)
    if not rows.update(mailed_at=timezone.now()) or not to:
        return True
    outcome = email.send(letter(Project.objects.get(pk=project_id), to, several))
    if outcome.came == Came.AGAIN:
        Mention.objects.filter(pk__in=[each.pk for each in several]).update(mailed_at=None)
    elif outcome.came == Came.NEVER:
        log.warning("A letter about a mention was not sent: %s", outcome.reason)
    return outcome.came != Came.AGAIN or outcome.status is not None


def address_of(project_id: int, who: str) -> str:
    """The address of somebody who may read what names them; "": there is none. One that would be
    several is none."""
    (readers,) = members(project_id, Right.AUDIT)
    known = User.objects.filter(username=who).values_list("email", flat=True)
    found = (known.first() or "") if who in readers else ""
    return "" if "," in found else found


def letter(project: Project, to: str, several: Sequence[Mention]) -> Letter:
    """What is mailed."""
    count, left = len(several), len(several) - MOST_LINES
    title = "A comment names you" if count == 1 else f"{count:,} comments name you"
    lines = [line(each) for each in several[:MOST_LINES]]
    lines += [f"And {left:,} more."] if left > 0 else []
    lines += ["All of them are on the page below, where you can also end these letters."]
    link = f"/p/{quote(project.name, safe='')}/audit/reviews/mentions/"
    message = Message(title, tuple(lines), (), link, "info", "mentions")
    return Letter(uuid4(), project.name, {"to": to}, message, public_address(link), timezone.now())


def line(mention: Mention) -> str:
    """Who named somebody, and when."""
    said = mention.comment
    return f"{one_line(said.who, 100)} named you on {said.at:%Y-%m-%d at %H:%M} UTC."


def wants_letters(project_id: int, who: str) -> bool:
    """Whether somebody is mailed where they are named."""
    return not NoLetters.objects.filter(project_id=project_id, who=who).exists()


@transaction.atomic
def want_letters(project_id: int, who: str, *, wanted: bool) -> None:
    """Have somebody mailed where they are named, or not."""
    if wanted == wants_letters(project_id, who):
        return
    if wanted:
        NoLetters.objects.filter(project_id=project_id, who=who).delete()
    else:
        NoLetters.objects.get_or_create(project_id=project_id, who=who)
    what = f"{who} wants {'' if wanted else 'no '}letters about comments."
    note_change("review", project_id, who, what, {"letters": wanted})
