"""Write a ledger to a folder, where the verifier can read it without the server."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from agentscope.ledger import bundle, stamps, verifier
from agentscope.ledger.read import StoredLedger

PARTS = (verifier, stamps, bundle)  # of the verifier
OURS = re.compile(r"^from (?:agentscope|__future__)\b.*\n", re.MULTILINE)


def export(project_id: int, folder: Path, first: int = 1) -> None:
    """Write the ledger of a project from a position on, its checkpoints, and the verifier."""
    ledger = StoredLedger(project_id, first)
    folder.mkdir(parents=True, exist_ok=True)
    entries = ({"entry": entry._asdict(), "content": text} for entry, text in ledger.entries())
    write_lines(folder / "entries.jsonl", entries)
    write_lines(folder / "checkpoints.jsonl", (told._asdict() for told in ledger.checkpoints()))
    stamps = ({"position": at, "token": b64encode(got).decode()} for at, got in ledger.stamps())
    write_lines(folder / "stamps.jsonl", stamps)
    (folder / "verifier.py").write_text(stand_alone(), encoding="utf-8")


def stand_alone() -> str:
    """The verifier as one file that imports nothing of ours."""
    text = "\n\n".join(Path(str(part.__file__)).read_text(encoding="utf-8") for part in PARTS)
    said, future, rest = text.partition("from __future__ import annotations\n")
    return said + future + OURS.sub("", rest)


def write_lines(file: Path, lines: Iterable[dict[str, Any]]) -> None:
    """A JSON object a line."""
    with file.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
