"""The core: what a trace is, what it cost, what it means.

The flow of the whole project, in this order everywhere:

accept (`ingest/views.py`) → wire (`ingest/otlp.py`) → normalise (`ingest/dialects/`) → store
(`agentscope/traces/write.py`) → examine (`agentscope/pipeline.py`) → show (`ui/`,
`agentscope/api/`).
"""

__version__ = "0.1.0"
