"""What a kind of channel is: the fields of its form, what they may hold, and how it sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from agentscope.channels.message import Message
from agentscope.channels.outcome import Outcome

Settings = Mapping[str, str]  # by name of the field


class BadChannel(ValueError):
    """Errors by the name of the input that is to blame: a field of the kind, `name` or `kind`."""

    def __init__(self, **errors: str) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form of a kind."""

    name: str
    label: str
    help: str
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that is ready to be sent."""

    uid: UUID  # the same on each attempt
    project: str  # its name
    settings: Settings  # of the channel, those that are secret too
    message: Message
    address: str  # of its evidence, as a browser reaches it
    at: datetime  # the message was written


class Kind(Protocol):
    """A module of this package."""

    CODE: str
    LABEL: str
    FIELDS: tuple[Field, ...]

    def check(self, settings: Settings) -> None:
        """Raises BadChannel if nothing can be sent by these settings, as far as can be told without
        sending anything."""
        ...

    def send(self, letter: Letter) -> Outcome:
        """Send it, within some ten seconds. What is wrong is told by the outcome."""
        ...
