"""Making an evidence pack at once: what somebody needs who has neither this server nor trusts it.
What is asked for on a page or by the API is made by a job: packing.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from agentscope.packs import content
from agentscope.packs.asked import Asked
from agentscope.packs.box import Box, box
from agentscope.packs.content import Pack


@dataclass(frozen=True)
class Made:
    """A pack that was made."""

    pack: Pack
    digest: str  # SHA-256 of its manifest, as the ledger tells it


def make(asked: Asked, path: Path, who: str) -> Made:
    """Write a pack, a ZIP file or a folder by its name, and tell the ledger of it. Raises BadPack,
    FileExistsError and other OSError."""
    first = content.told(asked)
    pack = Pack(asked, who, timezone.now(), first)
    with box(path) as into:
        fill(into, pack)
        made = Made(pack, into.seal(content.manifest(pack, into)))
        content.tell(pack, made.digest)
    return made


def fill(into: Box, pack: Pack) -> None:
    """Write all files but the manifest."""
    into.add_all(content.others(pack))
    for trace_id in content.included(pack.asked):
        into.add_all(content.spans(pack.asked.project.pk, trace_id))


def summary(made: Made) -> Iterator[str]:
    """What to tell a person."""
    counts = ", ".join(counted(*each) for each in made.pack.counts.items())
    yield f"A pack of {made.pack.asked.words}: {counts}, the ledger from {made.pack.first} on."
    yield from made.pack.left_out
    yield f"Its manifest has the SHA-256 {made.digest}, as the ledger tells."


def counted(names: str, number: int) -> str:
    """A number of something in words."""
    return f"{number:,} {names.removesuffix('s') if number == 1 else names}"
