"""The kinds of channels: a module for each, as kind.py says."""

from agentscope.channels.kinds import apprise, email, slack, webhook
from agentscope.channels.kinds.kind import Kind

KINDS: tuple[Kind, ...] = (email, webhook, slack, apprise)
BY_CODE = {kind.CODE: kind for kind in KINDS}
