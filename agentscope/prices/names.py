"""Names of models and providers as they are compared: strictly, but for how senders spell them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

# What instrumentations write → ids of the catalogue of prices.
PROVIDERS = {
    "azure.ai.openai": "azure",
    "azure.ai.inference": "azure",
    "az.ai.openai": "azure",
    "az.ai.inference": "azure",
    "azure_openai": "azure",
    "aws.bedrock": "aws",
    "bedrock": "aws",
    "amazon_bedrock": "aws",
    "gcp.gemini": "google",
    "gcp.vertex_ai": "google",
    "gcp.gen_ai": "google",
    "google_genai": "google",
    "google_vertexai": "google",
    "google_ai_studio": "google",
    "vertex_ai": "google",
    "vertexai": "google",
    "gemini": "google",
    "mistral_ai": "mistral",
    "mistralai": "mistral",
    "x_ai": "x-ai",
    "xai": "x-ai",
    "together_ai": "together",
    "together-ai": "together",
    "fireworks_ai": "fireworks",
    "moonshot_ai": "moonshotai",
    "moonshot": "moonshotai",
}
# Who makes models and sells them: a model without a provider is looked for here.
MAKERS = (
    *("openai", "anthropic", "google", "mistral", "deepseek", "x-ai", "cohere", "moonshotai"),
    *("minimax", "perplexity", "voyageai"),
)
# Clouds that sell models of others at their makers' prices, by the catalogue's own word.
RESELLS = {
    "azure": ("openai", "anthropic", "deepseek", "x-ai", "moonshotai"),
    "google": ("anthropic",),
}

# A release of a model: -2024-08-06, -20241022, @20241022, -0613, -latest, and Bedrock's -v1:0.
RELEASE = re.compile(r"[-@:](?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|latest)$")
BEDROCK_VERSION = re.compile(r"-v\d+(?::\d+)?$")
REMEMBERED = 4096


def sellers(provider: str) -> tuple[str, ...]:
    """Where to look for the price of a model of this provider, in order."""
    name = provider.lower()
    name = PROVIDERS.get(name, name.removesuffix(".chat").removesuffix(".responses"))
    return (name, *RESELLS.get(name, ())) if name else MAKERS


def spellings(model: str) -> Iterator[str]:
    """What a model may be called in the catalogue, the most exact first; never a part of a name."""
    name = model.lower().removeprefix("models/")
    unversioned = BEDROCK_VERSION.sub("", name)
    yield from dict.fromkeys((name, unversioned, RELEASE.sub("", unversioned)))


@lru_cache(maxsize=REMEMBERED)
def bare_model(model: str) -> str:
    """A model without its provider and release, for telling whether two names mean one model."""
    *_, name = model.lower().rsplit("/", 1)
    return RELEASE.sub("", BEDROCK_VERSION.sub("", name))
