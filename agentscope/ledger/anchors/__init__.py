"""Where checkpoints are kept beside the database: a module for each, as anchor.py says."""

from agentscope.ledger.anchors import file, timestamp, webhook
from agentscope.ledger.anchors.anchor import Anchor

ANCHORS: tuple[Anchor, ...] = (file, webhook, timestamp)
BY_CODE = {anchor.CODE: anchor for anchor in ANCHORS}
