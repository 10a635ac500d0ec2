"""Sieves: sets of terms in a few bits, which know for sure what they do not hold. Pure.

Bloom filters: each term sets PROBES bits out of BITS a term. Where all of them are set, the term is
there, but for one in a thousand that is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from agentscope.search.terms import Terms

BITS, PROBES = 16, 5  # 1 in 700 is held without being there
LEAST = 16  # bytes
SPREAD = np.uint64(0x9FB21C651E98DF25)
LOW, HALF = np.uint64(0xFFFFFFFF), np.uint64(32)

# Whether a sieve holds a probe. The place of its bit is the probe's share of 2**32.
BIT = """get_bit(search_block.sieve,
    (%s::bigint * (octet_length(search_block.sieve) * 8)) >> 32) = 1"""


def probes(terms: Terms) -> list[Terms]:
    """PROBES numbers of 32 bits for each term."""
    spread = terms.astype(np.uint64) * SPREAD
    first, step = spread >> HALF, (spread & LOW) | np.uint64(1)
    return [((first + np.uint64(at) * step) & LOW).astype(np.uint32) for at in range(PROBES)]


def sieve(terms: Terms) -> bytes:
    """A sieve that holds some terms, of which some may come more than once."""
    once = distinct(terms)
    size = max(len(once) * BITS // 8, LEAST)
    bits = np.zeros(size * 8, np.bool_)
    for each in probes(once):
        bits[(each.astype(np.uint64) * np.uint64(size * 8)) >> HALF] = True
    return np.packbits(bits, bitorder="little").tobytes()


def distinct(terms: Terms) -> Terms:
    """Each term once, in order."""
    ordered = np.sort(terms)
    if not len(ordered):
        return ordered
    return ordered[np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))]


def holds(packed: bytes, term: int) -> bool:
    """Whether a sieve holds a term, or seems to; the same as BIT says of its probes."""
    size = len(packed) * 8
    places = [int(each[0]) * size >> 32 for each in probes(np.array([term], np.uint32))]
    return all(packed[place // 8] >> place % 8 & 1 for place in places)


def held(groups: Iterable[Sequence[Sequence[int]]]) -> tuple[list[str], list[int]]:
    """Conditions in SQL, and their parameters: of blocks that seem to hold of each group all terms
    of one part."""
    where: list[str] = []
    params: list[int] = []
    for group in groups:
        if all(group):  # else there is a part that anything holds
            parts = (" and ".join([BIT] * PROBES * len(part)) for part in group)
            where.append("(" + " or ".join(parts) + ")")
            params += (each for part in group for each in all_probes(part))
    return where, params


def all_probes(terms: Sequence[int]) -> list[int]:
    """The probes of some terms."""
    return [int(probe) for each in probes(np.array(terms, np.uint32)) for probe in each]
