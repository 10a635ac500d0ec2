"""Who hosts a model, under one name. A framework is never a provider."""

from __future__ import annotations

import re
from functools import lru_cache

ALIASES = {
    "openai": "openai openai.chat openai.responses openai.completion text-completion-openai",
    "azure.ai.openai": "az.ai.openai azure azure-openai azure_openai azure.chat azure.ai.openai",
    "azure.ai.inference": "az.ai.inference azure_ai azure.ai.inference",
    "anthropic": "anthropic anthropic.messages",
    "aws.bedrock": "bedrock aws amazon-bedrock amazon_bedrock bedrock_converse aws.bedrock",
    "gcp.gemini": "gemini google googleai google.generative-ai google_ai_studio "
    "google-ai-studio gcp.gemini",
    "gcp.vertex_ai": "vertex_ai vertexai google-vertex google.vertex.chat vertex_ai_beta "
    "gcp.vertex_ai",
    "gcp.gen_ai": "google_genai gcp.gen_ai",
    "mistral_ai": "mistralai mistral mistral_ai",
    "x_ai": "xai x_ai x-ai",
    "ibm.watsonx.ai": "watsonx ibm.watsonx.ai",
    "cohere": "cohere cohere_chat",
    "moonshot_ai": "moonshot moonshot_ai",
}
CANONICAL = {alias: name for name, aliases in ALIASES.items() for alias in aliases.split()}
FRAMEWORKS = frozenset(
    "langchain langgraph llamaindex llama_index crewai autogen ag2 strands-agents "
    "microsoft.agent_framework microsoft.foundry az.ai.agents gcp.vertex.agent agno haystack dspy "
    "smolagents litellm openrouter gateway spring_ai genkit "
    # as OpenLIT calls them
    "google_adk strands_agents openai_agents claude_agent_sdk agent_framework pydantic_ai "
    "browser_use".split()
)
NOBODY = frozenset({"unknown", "_other", "none", ""})

MODELS = (
    ("openai", r"gpt-|chatgpt-|o[134](-|$)|text-embedding-|dall-e|whisper"),
    ("anthropic", r"claude-"),
    ("gcp.gemini", r"gemini-"),
    ("mistral_ai", r"mistral-|mixtral|codestral|ministral"),
    ("deepseek", r"deepseek-"),
    ("cohere", r"command-|embed-(english|multilingual)|rerank-"),
    ("x_ai", r"grok-"),
)
BEDROCK = re.compile(r"((us|eu|apac|global)\.)?(anthropic|amazon|meta|cohere|mistral|ai21)\.")
BY_MODEL = [(provider, re.compile(pattern)) for provider, pattern in MODELS]

HOSTS = (
    ("openai", r"(^|\.)api\.openai\.com$"),
    ("anthropic", r"(^|\.)api\.anthropic\.com$"),
    ("azure.ai.openai", r"\.openai\.azure\.com$"),
    ("aws.bedrock", r"^bedrock-runtime\..*\.amazonaws\.com$"),
    ("gcp.gemini", r"^generativelanguage\.googleapis\.com$"),
    ("gcp.vertex_ai", r"-aiplatform\.googleapis\.com$"),
    ("mistral_ai", r"^api\.mistral\.ai$"),
    ("groq", r"^api\.groq\.com$"),
    ("deepseek", r"^api\.deepseek\.com$"),
    ("x_ai", r"^api\.x\.ai$"),
    ("together_ai", r"^api\.together\.(xyz|ai)$"),
)
BY_HOST = [(provider, re.compile(pattern)) for provider, pattern in HOSTS]
HOST = re.compile(r"^(?:[a-z]+://)?([^/:?#]+)", re.IGNORECASE)


@lru_cache(4096)
def provider_and_framework(said: str) -> tuple[str, str]:
    """What a sender calls its system, as a provider or as a framework; one of the two is empty."""
    low = said.strip('" ').lower()
    if low in NOBODY:
        return "", ""
    if low in FRAMEWORKS:
        return "", low
    return CANONICAL.get(low) or CANONICAL.get(low.split(".")[0]) or low, ""


@lru_cache(4096)
def provider_of_model(model: str) -> str:
    """The provider that a model's name gives away, else empty."""
    low = model.lower()
    if BEDROCK.match(low):
        return "aws.bedrock"
    prefix, slash, rest = low.partition("/")
    if slash:
        return CANONICAL.get(prefix) or provider_of_model(rest)
    return next((provider for provider, pattern in BY_MODEL if pattern.match(low)), "")


def provider_of_host(value: object) -> str | None:
    """The provider behind a host name or URL; None for a host that is nobody's in particular."""
    found = HOST.match(value) if isinstance(value, str) else None
    return host_owner(found[1].lower()) if found else None


@lru_cache(1024)
def host_owner(host: str) -> str | None:
    """The provider behind a host name."""
    return next((provider for provider, pattern in BY_HOST if pattern.search(host)), None)
