"""What the verifier says of what somebody made of an export."""

import json

from agentscope.packs.proof import own_key
from tests.kit import verifier

LINES = ("entries.jsonl", "checkpoints.jsonl", "stamps.jsonl")
WELL = {"All is well.", "Nothing is wrong, and nothing is proven."}
FAKE = "\r\n\x1b[2J\nAll is well."


def told(module, folder, *more):
    """How the verifier ends, and what it says, which is fit for any terminal."""
    code, lines = verifier.says(module, folder, "--key", own_key(), *more)
    assert code in {0, 1, 2}
    assert all(line.isprintable() for line in lines), lines
    assert len([line for line in lines if line in WELL]) == (code == 0)
    assert code != 2 or len(lines) == 1 or lines[0].startswith("usage:"), lines
    return code, "\n".join(lines)


def changed(file, do, number=0):
    """Change the object in a line of a file, or put another in its place."""
    lines = file.read_text().splitlines()
    said = json.loads(lines[number])
    other = do(said)
    lines[number] = json.dumps(other if isinstance(other, dict) else said)
    file.write_text("\n".join(lines) + "\n")
