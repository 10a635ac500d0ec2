"""E-mail, over the mail server that the operator names: AGENTSCOPE_EMAIL_URL."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as installation
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address
from django.core.validators import validate_email
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from agentscope.channels.kinds.kind import BadChannel, Field, Letter, Settings
from agentscope.channels.message import one_line
from agentscope.channels.outcome import Came, Outcome

CODE = "email"
LABEL = "E-mail"
FIELDS: tuple[Field, ...] = (Field("to", "To", "Addresses, separated by commas; 20 at most."),)
MOST_RECIPIENTS = 20
LONGEST_SUBJECT = 200  # characters
PERMANENT = 500  # SMTP: from here on trying again does not help (RFC 5321, 4.2.1)
TAKEN = 250  # SMTP: it was
NO_SERVER = "This installation has no mail server: its operator sets AGENTSCOPE_EMAIL_URL."
Refusals = Mapping[str, tuple[int, bytes]]  # by recipient: code and text of the server


def check(settings: Settings) -> None:
    """Raises BadChannel."""
    to = recipients(settings)
    if not 1 <= len(to) <= MOST_RECIPIENTS:
        raise BadChannel(to=f"Name 1 to {MOST_RECIPIENTS} addresses.")
    for address in to:
        try:
            validate_email(address)
        except ValidationError:
            raise BadChannel(to=f"“{address}” is no address of e-mail.") from None
    if not installation.EMAIL_HOST:
        raise BadChannel(to=NO_SERVER)


def recipients(settings: Settings) -> list[str]:
    """The addresses that are named."""
    return [each.strip() for each in settings.get("to", "").split(",") if each.strip()]


def send(letter: Letter) -> Outcome:
    """Hand it to the mail server."""
    if not installation.EMAIL_HOST:
        return Outcome(Came.NEVER, NO_SERVER)
    try:
        left_out = handed_over(mail(letter))
    except smtplib.SMTPRecipientsRefused as error:
        status = min(code for code, _ in error.recipients.values())  # one may be taken later
        return refused(status, "the mail server refused all recipients")
    except smtplib.SMTPResponseException as error:
        said = error.smtp_error
        text = said.decode(errors="replace") if isinstance(said, bytes) else said
        return refused(error.smtp_code, f"the mail server said: {one_line(text, LONGEST_SUBJECT)}")
    except (OSError, smtplib.SMTPException) as error:
        return Outcome(Came.AGAIN, f"the mail server: {one_line(str(error), LONGEST_SUBJECT)}")
    return Outcome(Came.SENT, f"the mail server took it{but_for(left_out)}", TAKEN)


def handed_over(letter: EmailMultiAlternatives) -> Refusals:
    """Give a mail to the server; whom it does not take it for, if that is not everybody. Django
    would not tell. Raises what smtplib does."""
    with EmailBackend() as backend:
        server: Any = backend.connection  # it is open by now
        said = letter.message().as_bytes().replace(b"\n", b"\r\n")
        sender, *to = (sanitize_address(each, "utf-8") for each in (letter.from_email, *letter.to))
        found: Refusals = server.sendmail(sender, to, said)
    return found


def but_for(left_out: Refusals) -> str:
    """Who of several does not get it, and why."""
    refused_ones = (
        f"{who} ({code} {text.decode(errors='replace')})" for who, (code, text) in left_out.items()
    )
    return f", but not for {', '.join(refused_ones)}" if left_out else ""


def refused(status: int, reason: str) -> Outcome:
    """What a code of SMTP means for the delivery."""
    return Outcome(Came.NEVER if status >= PERMANENT else Came.AGAIN, reason, status)


def mail(letter: Letter) -> EmailMultiAlternatives:
    """The message as text and as HTML. Its id is the same on each attempt, so that mail programs
    show it once; Django refuses line breaks in headers, and the subject has none."""
    message = letter.message
    found = EmailMultiAlternatives(
        one_line(f"[{letter.project}] {message.title}", LONGEST_SUBJECT),
        f"{message.title}\n\n{message.text(letter.address)}\n",
        to=recipients(letter.settings),
        headers={
            "Message-ID": f"<{letter.uid}@{urlsplit(letter.address).hostname}>",
            "Auto-Submitted": "auto-generated",  # RFC 3834: nobody's absence is answered
        },
    )
    found.attach_alternative(html(letter), "text/html")
    return found


def html(letter: Letter) -> SafeString:
    """The same as HTML, without anything that is fetched."""
    message = letter.message
    said = format_html_join("", "<p>{}</p>", ((each,) for each in message.sentences))
    facts = format_html_join("", "<tr><th align=left>{}</th><td>{}</td></tr>", message.facts)
    return format_html(
        '<h1 style="font-size: 1.2em">{}</h1>{}<table>{}</table><p><a href="{}">{}</a></p>',
        message.title, said, facts, letter.address, letter.address,
    )  # fmt: skip
