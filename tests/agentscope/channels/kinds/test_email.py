"""Mail as it arrives at a real server: text and HTML, one id, and no header of anybody else's."""

from dataclasses import replace

import pytest

from agentscope.channels.kinds.email import check
from agentscope.channels.kinds.kind import BadChannel
from agentscope.channels.send import send_due
from agentscope.channels.write import create_channel, deliver, send_again

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(project, mailbox):
    said = {"to": "ada@example.com, bob@example.com"}
    return create_channel(project.pk, "email", "mail", said, "ada")


def told(channel, message):
    (delivery,) = deliver(channel.project_id, [channel], message)
    send_due()
    delivery.refresh_from_db()
    return delivery


def test_what_arrives(channel, mailbox, message):
    delivery = told(channel, message)
    ((to, mail),) = mailbox.mails
    assert to == ["ada@example.com", "bob@example.com"]
    assert mail["Subject"] == "[shop] Runs cost $2.31 in an hour"
    assert mail["Message-ID"] == f"<{delivery.uid}@scope.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "The limit is $2.00.\nLook at the dearest run." in text
    assert "https://scope.example/p/shop/alerts/7" in text
    html = mail.get_body(("html",)).get_content()
    assert "<td>a&lt;b&gt;&amp;c</td>" in html
    assert '<a href="https://scope.example/p/shop/alerts/7">' in html
    assert (delivery.state, delivery.log[0]["status"]) == ("sent", 250)


def test_a_domain_in_any_script_is_written_as_mail_servers_know_it(project, mailbox, message):
    said = {"to": "ada@exämple.com"}
    told(create_channel(project.pk, "email", "mail", said, "ada"), message)
    ((to, _mail),) = mailbox.mails
    assert to == ["ada@xn--exmple-cua.com"]


def test_a_title_cannot_add_headers(channel, mailbox, message):
    told(channel, replace(message, title="a\r\nBcc: eve@example.com\n\nbody <script>"))
    ((to, mail),) = mailbox.mails
    assert "eve@example.com" not in to
    assert mail["Bcc"] is None
    assert mail["Subject"] == "[shop] a Bcc: eve@example.com body <script>"
    assert "<script>" not in mail.get_body(("html",)).get_content()


@pytest.mark.parametrize(
    ("answer", "state"), [("451 try later", "failed"), ("550 no such mailbox", "given_up")]
)
def test_what_the_server_refuses(channel, mailbox, message, answer, state):
    mailbox.refuse = answer
    delivery = told(channel, message)
    assert (delivery.state, delivery.log[0]["status"]) == (state, int(answer[:3]))
    assert answer[4:] in delivery.log[0]["reason"]
    mailbox.refuse = ""
    assert send_again(delivery)
    assert send_due() == 1
    assert len(mailbox.mails) == 1


def test_who_of_several_is_refused_is_said(channel, mailbox, message):
    mailbox.unknown = {"bob@example.com": "550 no such mailbox"}
    delivery = told(channel, message)
    ((to, _mail),) = mailbox.mails
    assert (to, delivery.state) == (["ada@example.com"], "sent")
    assert delivery.log[0]["reason"] == (
        "the mail server took it, but not for bob@example.com (550 no such mailbox)"
    )


@pytest.mark.parametrize(("bob", "state"), [("450 later", "failed"), ("550 never", "given_up")])
def test_where_one_may_be_taken_later_it_is_tried_again(channel, mailbox, message, bob, state):
    mailbox.unknown = {"ada@example.com": "550 never", "bob@example.com": bob}
    assert told(channel, message).state == state
    assert mailbox.mails == []


def test_a_server_that_is_away_is_tried_again(channel, settings, message):
    settings.EMAIL_PORT = 1
    delivery = told(channel, message)
    assert delivery.state == "failed"
    assert "Connection refused" in delivery.log[0]["reason"]


def test_without_a_server_that_is_said(channel, settings, message):
    settings.EMAIL_HOST = ""
    assert "AGENTSCOPE_EMAIL_URL" in told(channel, message).log[0]["reason"]
    with pytest.raises(BadChannel, match="AGENTSCOPE_EMAIL_URL"):
        check({"to": "ada@example.com"})


@pytest.mark.parametrize(
    "to",
    ["", "ada", "ada@example.com\nBcc: eve@example.com", "a@b.example," * 21, "Ada <a@b.example>"],
)
def test_what_is_no_address_is_refused(mailbox, to):
    with pytest.raises(BadChannel):
        check({"to": to})
