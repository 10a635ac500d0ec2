"""What the keys of hosts and addresses stand for, as a text spells them: see mentions.py. Pure."""

from __future__ import annotations

from typing import Any

from agentscope.signatures.mentions import MAIL, URL, Role, host, hosts_in, key
from agentscope.signatures.sensitive import text_of


def spelled(role: Role, *said: Any) -> dict[int, str]:
    """Hosts and addresses in some values, by their keys, however many."""
    found: dict[int, str] = {}
    for text in map(text_of, said):
        found |= {key(host(each)): host(each) for each in hosts_in(text, role)}
        found |= {
            key(each[0].lower()): each[0].lower() for each in MAIL.finditer(URL.sub(" ", text))
        }
    return found
