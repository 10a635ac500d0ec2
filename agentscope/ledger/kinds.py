"""The kinds of entries that the ledger makes by itself. Those of what people do are KINDS of
projects/changes.py."""

from __future__ import annotations

from agentscope.ledger.verifier import DOUBTED, ERASED, NEW_KEY

OPENED = "ledger.opened"
ANSWERS = "ledger.answers"  # digests of what was answered to who asked whether a call may be made
REDACTED = "ledger.redacted"  # digests of answers before and after they were redacted
RECORDS = "ledger.records"  # digests of decision records
OWN_KINDS = {  # and what a person reads who picks one
    OPENED: "The ledger was opened",
    NEW_KEY: "The key that signs was replaced",
    DOUBTED: "An entry was found that is not as it was signed",
    ERASED: "What an entry said was erased",
    ANSWERS: "Digests of answers to who asked whether a call may be made",
    REDACTED: "Digests of answers before and after they were redacted",
    RECORDS: "Digests of decision records",
}
