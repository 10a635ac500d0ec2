"""Write a ledger to a folder, where the verifier can read it without the server."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from agentscope.ledger import verifier
from agentscope.ledger.read import StoredLedger


def export(project_id: int, folder: Path, first: int = 1) -> None:
    """Write the ledger of a project from a position on, its checkpoints, and the verifier."""
    ledger = StoredLedger(project_id, first)
    folder.mkdir(parents=True, exist_ok=True)
    entries = ({"entry": entry._asdict(), "content": text} for entry, text in ledger.entries())
    write_lines(folder / "entries.jsonl", entries)
    write_lines(folder / "checkpoints.jsonl", (told._asdict() for told in ledger.checkpoints()))
    shutil.copyfile(verifier.__file__, folder / "verifier.py")


def write_lines(file: Path, lines: Iterable[dict[str, Any]]) -> None:
    """A JSON object a line."""
    with file.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
