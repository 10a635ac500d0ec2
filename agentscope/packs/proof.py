"""Is all as the ledger of a project tells? The chain, and what it holds digests of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from agentscope.budgets.verified import Answers, verify_answers
from agentscope.ledger import signing
from agentscope.ledger.anchors.timestamp import authorities
from agentscope.ledger.read import StoredLedger
from agentscope.ledger.verifier import Fault, Verdict, verify
from agentscope.records.verified import Checked, Wrong, check_records
from agentscope.traces.ids import span_hex


@dataclass(frozen=True)
class Proof:
    """What was verified. All is well if the verdict has no fault."""

    verdict: Verdict
    answers: Answers | None = None  # None: the ledger itself is not as it was
    records: Checked | None = None  # the same


def prove(project_id: int, trusted: Collection[str], kept: Sequence[Path] = ()) -> Proof:
    """Verify the ledger of a project, and compare what it tells of.

    `trusted` are public keys, `kept` files of checkpoints that were kept elsewhere. Raises OSError,
    ValueError or NotAnchored if a file cannot be read.
    """
    verdict = verify(StoredLedger(project_id, kept=kept), trusted, authorities=authorities())
    if verdict.fault:
        return Proof(verdict)
    answers, records = verify_answers(project_id, timezone.now()), check_records(project_id)
    verdict.blame(answers.fault)
    for wrong in records.wrong:
        verdict.blame(Fault(wrong.position, about(wrong)))
    return Proof(verdict, answers, records)


def about(wrong: Wrong) -> str:
    """Which decision is not as the ledger tells, and why."""
    step = f"step {span_hex(wrong.span_id)} of trace {wrong.trace_id.hex}"
    return f"of the decision of {step}, of which it tells: {wrong.reason}"


def own_key() -> str:
    """The public key that signs on this server."""
    return signing.public(signing.signing_key()).hex()
