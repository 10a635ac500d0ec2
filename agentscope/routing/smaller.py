"""Smaller models of the same release, by how providers name them. Pure.

Providers name the sizes of a release by a word: gpt-5, -mini, -nano; claude-opus, -sonnet, -haiku;
gemini-pro, -flash, -flash-lite; mistral-large, -medium, -small; llama-70b, -8b. What is left of a
name without these words is its release. A price alone does not make a candidate: lists hold models
for sound, pictures and embeddings, and those that are going to be switched off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from agentscope.prices.book import Named
from agentscope.prices.contexts import known_of
from agentscope.prices.names import bare_model

SIZE_WORDS = frozenset(
    "opus sonnet haiku pro flash lite mini nano micro large medium small plus max fast tiny".split()
)
PARAMETERS = re.compile(r"(e?\d+(\.\d+)?b(-a\d+b)?|\d+x\d+b)")
SPLIT = re.compile(r"[-_ ]")
Family = tuple[str, ...]
Families = dict[tuple[str, Family], dict[Family, list[str]]]


def family(model: str) -> Family:
    """The release of a model: the words of its name but those of its size, in any order."""
    words = SPLIT.split(bare_model(model))
    return tuple(sorted(word for word in words if not is_size(word)))


def size_of(model: str) -> Family:
    """The words of its size, in any order; none for the only size or the usual one."""
    return tuple(sorted(filter(is_size, SPLIT.split(bare_model(model)))))


def is_size(word: str) -> bool:
    """Whether a word of a name says how large a model is."""
    return word in SIZE_WORDS or PARAMETERS.fullmatch(word) is not None


def families(names: Iterable[Named]) -> Families:
    """The models of a price list by provider, release and size, under all their names. Models that
    are to be switched off, as the list knows, are left out."""
    found: Families = {}
    for provider, model in names:
        if not known_of(provider, model).is_deprecated and "/" not in model:
            sizes = found.setdefault((provider, family(model)), {})
            sizes.setdefault(size_of(model), []).append(model)
    return found


def siblings(known: Families, provider: str, model: str) -> list[str]:
    """The models of the same release in other sizes, each under the name that is spelled most like
    this one: claude-haiku-4-5, not claude-4-5-haiku, beside claude-sonnet-4-5."""
    sizes = known.get((provider, family(model)), {})
    words = SPLIT.split(bare_model(model))

    def unlike(name: str) -> tuple[int, int, str]:
        same = sum(ours == theirs for ours, theirs in zip(words, SPLIT.split(name), strict=False))
        return -same, len(name), name

    return sorted(min(found, key=unlike) for size, found in sizes.items() if size != size_of(model))
