"""Write a ledger to a folder, where the verifier can read it without the server."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from agentscope.ledger import bundle, held, pack, stamps, untrusted, verifier
from agentscope.ledger.read import StoredLedger

PARTS = (verifier, stamps, untrusted, bundle, held, pack)  # of the verifier
OURS = re.compile(r"^from (?:agentscope|__future__)\b[^\n(]*(?:\([^)]*\))?\n", re.MULTILINE)


def export(project_id: int, folder: Path) -> None:
    """Write the ledger of a project, its checkpoints, and the verifier."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in files(StoredLedger(project_id)).items():
        with (folder / name).open("w", encoding="utf-8") as out:
            out.writelines(lines)
    (folder / "verifier.py").write_text(stand_alone(), encoding="utf-8")


def files(ledger: StoredLedger) -> dict[str, Iterator[str]]:
    """The files by which a ledger is verified: their names, and the lines of each. Checkpoints and
    time stamps are read before the entries, so that they tell of none that is not there."""
    tokens, checkpoints = list(ledger.stamps()), list(ledger.checkpoints())
    entries = ({"entry": entry._asdict(), "content": text} for entry, text in ledger.entries())
    stamps = ({"position": at, "token": b64encode(got).decode()} for at, got in tokens)
    return {
        "entries.jsonl": lines_of(entries),
        "checkpoints.jsonl": lines_of(told._asdict() for told in checkpoints),
        "stamps.jsonl": lines_of(stamps),
    }


def lines_of(said: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A JSON object a line."""
    return (json.dumps(each, ensure_ascii=False) + "\n" for each in said)


def stand_alone() -> str:
    """The verifier as one file that imports nothing of ours."""
    text = "\n\n".join(Path(str(part.__file__)).read_text(encoding="utf-8") for part in PARTS)
    said, future, rest = text.partition("from __future__ import annotations\n")
    return said + future + OURS.sub("", rest)
