"""One trace: its decision tree, and the panel of the selected span."""

from __future__ import annotations
