"""Small sketches of texts, whose likeness estimates that of the texts.

One-permutation hashing (Li, Owen, Zhang 2012) over overlapping windows of eight bytes, with empty
lanes filled from their neighbours (Shrivastava and Li 2014), and one byte kept of each lane (b-bit
minwise hashing, Li and König 2010). With 24 lanes the standard deviation of a likeness of 0.85 is
0.07, so it serves to inform, and to confirm what exact keys suggest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LANES = 24
WIDTH = 8  # bytes of a window
HEAD, TAIL = 384, 128  # bytes that are looked at: sorting their windows is what takes long
NOTHING = bytes(LANES)  # the sketch of what is unknown or too short
ALIKE = bytes([1] * LANES)  # of a text whose windows are all 0
# Of a window only the upper half of its hash is compared, which depends on most of it; the lowest
# byte of that is kept. Half as many bytes are sorted in a third of the time.
UPPER = 32  # bits
WINDOW, HALF, ONE_ON = np.dtype("<u8"), np.dtype("<u4"), (1,)
FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio, Knuth's multiplicative hash
EDGES = np.array([lane * (1 << UPPER) // LANES for lane in range(LANES)], np.uint32)
CHANCE = 1 / 256  # that two lanes are equal though their windows differ

Sketches = NDArray[np.uint8]


def sketch(text: str) -> bytes:
    """LANES bytes; NOTHING for a text that is shorter than a few windows."""
    raw = text.encode("utf-8", "replace")
    if len(raw) > HEAD + TAIL:
        raw = raw[:HEAD] + raw[-TAIL:]
    if len(raw) < 2 * WIDTH:
        return NOTHING
    windows = np.ndarray(len(raw) - WIDTH + 1, WINDOW, raw, 0, ONE_ON)
    mixed = (windows * FACTOR).view(HALF)[1::2].copy()
    mixed.sort()
    # An empty lane takes what comes next, around the end.
    kept = mixed.take(mixed.searchsorted(EDGES), mode="wrap").tobytes()[::4]
    return ALIKE if kept == NOTHING else kept


def likeness(one: Sketches, other: Sketches) -> NDArray[np.float64]:
    """Estimates of the Jaccard likeness of texts from their sketches, row by row: 0 to 1. NaN where
    one of them is NOTHING: unknown is like nothing, nor unlike it."""
    alike = (one == other).mean(axis=-1)
    found = np.clip((alike - CHANCE) / (1 - CHANCE), 0, 1)
    return np.where(one.any(axis=-1) & other.any(axis=-1), found, np.nan)
