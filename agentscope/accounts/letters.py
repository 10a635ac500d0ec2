"""Telling people that they are invited, by mail."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage

from agentscope.accounts.models import Invitation
from agentscope.projects.roles import Role

TEXT = """{who} invites you to {where} of AgentScope, as {role}.

To accept, open this link. It works once, until {until} UTC:

{link}

If you do not know what this is about, do nothing.
"""
LONGEST_REASON = 200  # characters


class NotSent(Exception):
    """The mail could not be sent. The text says why."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of an invitation."""

    email: str
    link: str = ""  # if it was not sent
    reason: str = ""  # why it was not


def link_of(token: str) -> str:
    """The address under which an invitation is accepted."""
    return f"{settings.AGENTSCOPE_PUBLIC_URL}/invitations/{token}/"


def sent(invitation: Invitation, token: str) -> Sent:
    """Mail the link, or give it back to be sent by other ways."""
    try:
        send(invitation, token)
    except NotSent as why:
        return Sent(invitation.email, link_of(token), str(why))
    return Sent(invitation.email)


def send(invitation: Invitation, token: str) -> None:
    """Mail the link. Raises NotSent, also where no mail server is configured."""
    if not settings.EMAIL_HOST:
        raise NotSent("This installation sends no mail")
    text = TEXT.format(
        who=invitation.invited_by,
        where=invitation.where,
        role=Role(invitation.role).label,
        until=f"{invitation.expires_at:%Y-%m-%d %H:%M}",
        link=link_of(token),
    )
    subject = f"You are invited to {invitation.where}"
    headers = {"Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(subject, text, to=[invitation.email], headers=headers).send()
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"The mail server says: {str(error)[:LONGEST_REASON]}") from error
