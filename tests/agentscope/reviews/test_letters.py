"""Letters to people whom comments name, as they arrive at a real server."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from agentscope.projects.membership import set_role_everywhere
from agentscope.projects.models import Project, User
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member, create_project
from agentscope.reviews.letters import LATEST, PATIENCE, PAUSE, mail_mentions, want_letters
from agentscope.reviews.models import Mention
from agentscope.reviews.write import comment, seen
from tests.agentscope.reviews.decided import ANN, BOB, record
from tests.kit.changes import noted
from tests.kit.receivers import mail_server

HOSTILE = "<b>@bob\r\nBcc: eve@example.com</b>"


@pytest.fixture
def mailbox(settings):
    settings.AGENTSCOPE_EMBEDDED = False
    settings.AGENTSCOPE_PUBLIC_URL = "https://scope.example"
    with mail_server() as found:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
        yield found


@pytest.fixture
def shop(db, mailbox):
    """A project with Ann and Bob."""
    project = create_project("shop")
    for name in ("ann", "bob"):
        add_member(project, User.objects.create_user(name, f"{name}@example.com"), Role.OPERATOR)
    return project.pk


def after(wait: timedelta) -> None:
    """What is mailed after so long."""
    with time_machine.travel(timezone.now() + wait, tick=False):
        mail_mentions()


SOON = PATIENCE + timedelta(seconds=1)


def test_who_is_named_is_mailed_once_with_all_that_is_new(shop, mailbox):
    for number in (1, 2):
        comment(record(shop, number), ANN, f"{HOSTILE} {number}")
    mail_mentions()
    assert mailbox.mails == []
    for _ in range(2):
        after(SOON)
    ((to, mail),) = mailbox.mails
    assert to == ["bob@example.com"]
    assert mail["Subject"] == "[shop] 2 comments name you"
    text = mail.get_body(("plain",)).get_content()
    assert text.count("ann named you on ") == 2
    assert "https://scope.example/p/shop/audit/reviews/mentions/" in text
    for part in ("plain", "html"):
        assert "eve@example.com" not in mail.get_body((part,)).get_content()


def test_who_is_a_member_of_the_organisation_alone_is_mailed_too(shop, mailbox):
    organisation = Project.objects.get(pk=shop).organisation
    eve = User.objects.create_user("eve", "eve@example.com")
    set_role_everywhere(organisation, eve, Role.AUDITOR)
    comment(record(shop), ANN, "@eve look")
    after(SOON)
    assert [to for to, _ in mailbox.mails] == [["eve@example.com"]]


def test_a_name_is_escaped(shop, mailbox):
    comment(record(shop), type(ANN)("<script>ann"), "@bob look")
    after(SOON)
    ((_, mail),) = mailbox.mails
    html = mail.get_body(("html",)).get_content()
    assert "&lt;script&gt;ann named you" in html
    assert "<script>" not in html


def test_what_was_seen_or_is_of_oneself_is_not_mailed(shop, mailbox):
    case = record(shop)
    comment(case, ANN, "@bob")
    seen(shop, "bob", case)
    comment(case, BOB, "@bob, remember")
    after(SOON)
    assert mailbox.mails == []


def test_one_letter_in_a_while(shop, mailbox):
    comment(record(shop), ANN, "@bob")
    after(SOON)
    comment(record(shop), ANN, "@bob again")
    after(PAUSE)
    assert len(mailbox.mails) == 1
    after(PAUSE + SOON * 2)
    assert [mail["Subject"] for _, mail in mailbox.mails] == ["[shop] A comment names you"] * 2


def test_who_wants_no_letters_gets_none(shop, mailbox):
    for _ in range(2):
        want_letters(shop, "bob", wanted=False)
    comment(record(shop), ANN, "@bob and @ann")
    after(SOON)
    assert mailbox.mails == []
    want_letters(shop, "bob", wanted=True)
    assert [each.what for each in noted() if "letters" in each.what] == [
        "bob wants no letters about comments.",
        "bob wants letters about comments.",
    ]
    after(SOON)
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda bob: User.objects.filter(pk=bob.pk).update(is_active=False),
        lambda bob: User.objects.filter(pk=bob.pk).update(email=""),
        lambda bob: User.objects.filter(pk=bob.pk).update(email="bob@example.com,eve@example.com"),
        lambda bob: bob.memberships.update(role=Role.VIEWER),
        lambda bob: bob.memberships.all().delete(),
    ],
)
def test_who_may_not_read_it_or_has_no_address_is_not_mailed(shop, mailbox, change):
    comment(record(shop), ANN, "@bob")
    change(User.objects.get(username="bob"))
    after(SOON)
    assert mailbox.mails == []


def test_a_server_that_is_not_there_is_tried_again_until_it_is_late(shop, mailbox, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    comment(record(shop), ANN, "@bob")
    after(SOON)
    assert Mention.objects.get().mailed_at is None
    settings.EMAIL_PORT = port
    after(LATEST + SOON)
    assert mailbox.mails == []
    after(SOON)
    assert len(mailbox.mails) == 1


def test_who_is_refused_keeps_nobody_waiting(shop, mailbox):
    add_member(create_project("other"), User.objects.get(username="ann"), Role.OWNER)
    comment(record(shop), BOB, "@ann")
    comment(record(shop), ANN, "@bob")
    mailbox.unknown = {"ann@example.com": "450 later"}
    after(SOON)
    assert [to for to, _ in mailbox.mails] == [["bob@example.com"]]
    assert Mention.objects.get(who="ann").mailed_at is None


def test_many_are_counted(shop, mailbox):
    for number in range(1, 13):
        comment(record(shop, number), ANN, "@bob")
    after(SOON)
    ((_, mail),) = mailbox.mails
    assert mail["Subject"] == "[shop] 12 comments name you"
    assert "And 2 more." in mail.get_body(("plain",)).get_content()


def test_without_a_mail_server_nothing_is_done(shop, settings):
    settings.EMAIL_HOST = ""
    comment(record(shop), ANN, "@bob")
    after(SOON)
    assert Mention.objects.get().mailed_at is None
