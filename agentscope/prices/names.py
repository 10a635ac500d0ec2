"""Names of models and providers as they are compared: strictly, but for how senders spell them.

A name is looked up as it was sent, then without what is known to change nothing: the path of a
gateway, the region of a cloud, the date of a release. What is left must be a whole name of the
price list. Any other difference (`-mini`, `.1`, `-6`) means another model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

# Id in the price list ← what instrumentations and gateways write.
ALIASES = {
    "anthropic": "anthropic anthropic.messages claude",
    "aws": "aws aws.bedrock bedrock amazon-bedrock amazon_bedrock amazon bedrock_converse",
    "azure": "azure azure.ai.openai azure.ai.inference az.ai.openai az.ai.inference azure_openai"
    " azure-openai azure_ai azure.chat",
    "cohere": "cohere cohere_chat",
    "fireworks": "fireworks fireworks_ai fireworks-ai",
    "github-copilot": "github-copilot github_copilot",
    "google": "google gcp.gemini gcp.vertex_ai gcp.gen_ai gemini google_genai google_vertexai"
    " google-genai google_ai_studio google-vertex vertex_ai vertexai vertex_ai_beta vertex"
    " google.generative-ai google.vertex",
    "minimax": "minimax minimaxai",
    "mistral": "mistral mistral_ai mistralai mistral-ai",
    "moonshotai": "moonshotai moonshot_ai moonshot",
    "openai": "openai text-completion-openai openai_like",
    "together": "together together_ai together-ai togetherai",
    "voyageai": "voyageai voyage",
    "x-ai": "x-ai x_ai xai",
    "zai": "zai z-ai z.ai",
}
PROVIDERS = {alias: name for name, aliases in ALIASES.items() for alias in aliases.split()}
# Sellers that are written as their id only.
OTHERS = (
    *("deepseek", "perplexity", "groq", "cerebras", "openrouter", "databricks", "cloudflare"),
    *("novita", "baseten", "ovhcloud"),
)
SELLERS = PROVIDERS | {name: name for name in OTHERS}
# Who makes models and sells them: a model without a provider is looked for here.
MAKERS = (
    *("openai", "anthropic", "google", "mistral", "deepseek", "x-ai", "cohere", "moonshotai"),
    *("minimax", "perplexity", "voyageai", "zai"),
)
# Clouds that sell models of others at their makers' prices, by the catalogue's own word, and
# OpenRouter, which adds nothing to the price of a token.
RESELLS = {
    "azure": ("openai", "anthropic", "deepseek", "x-ai", "moonshotai"),
    "google": ("anthropic",),
    "openrouter": MAKERS,
}
# Words that say how a call went, not who sold it. A client for OpenAI's API talks to everybody.
GATEWAYS = frozenset(
    "litellm litellm_proxy portkey helicone vercel gateway ai-gateway ai_gateway requesty"
    " openrouter openai unknown custom other _other".split()
) | {""}
# Parts of a path that name neither a seller nor a model.
ROUTES = re.compile(
    r"models|converse|converse_like|invoke|chat|responses|litellm_proxy|gateway"
    r"|(us|eu|ap|ca|sa|me|af)(-gov)?-[a-z]+-\d|eu|us|global"
)
VERTEX_PATH = re.compile(r"^(?:projects/[^/]+/locations/[^/]+/)?publishers/([^/]+)/models/")
BEDROCK_ARN = re.compile(
    r"^arn:aws[a-z-]*:bedrock:[^/]*:(?:foundation-model|inference-profile|system-inference-profile)/"
)
BEDROCK_NAME = re.compile(
    r"^(?:(?:us|eu|apac|global|us-gov|jp|au|ca|in|sa)\.)?"
    r"(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|openai|qwen|google|nvidia|moonshotai"
    r"|zai|minimax)\."
)
REGION = re.compile(r"^(?:us|eu|apac|global|us-gov|jp|au|ca|in|sa)\.")

MONTH, DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
YEAR = r"20[12]\d"
# What may follow the name of a model and change nothing, each kind at most once.
SUFFIXES = (
    re.compile(r"\[\d+m\]$"),  # the size of the context, as Claude Code writes it
    re.compile(r"(?:(?<=-v\d)|(?<=b-\d)):\d(?::\d+k)?$"),  # Bedrock's revision: -v1:0:200k
    re.compile(r"(?<=\d{8})-v\d$|(?<=^claude-3-5-sonnet)-v\d$"),  # … and its version
    re.compile(
        rf"(?:[-@:]{YEAR}-{MONTH}-{DAY}|[-@:]{YEAR}{MONTH}{DAY}"  # 2024-08-06, 20240806
        rf"|[-@]{MONTH}{DAY}|[-@]2[3-9]{MONTH}|-{MONTH}-{YEAR}"  # 0613; 2411; 08-2024
        rf"|(?<=-preview)-{MONTH}-{DAY}|[-@:]latest|@default|@\d{{3}})$"
    ),
    re.compile(r"(?:(?<=-pro)|(?<=-flash)|(?<=-lite)|(?<=-8b))-00\d$"),  # Google's builds
)
BEDROCK_VERSION = re.compile(r"-v\d+$")
FINE_TUNED = re.compile(r"^(ft:[^:]+):.*$")  # ft:MODEL:ORGANISATION:NAME:ID
AZURE_SPELLING = re.compile(r"^gpt-35(?=-|$)")
FREE = ":free"  # OpenRouter's models that cost nothing
REMEMBERED = 4096


def sellers(provider: str) -> tuple[str, ...]:
    """Where to look for the price of a model of this provider, in order."""
    name = provider.strip().lower()
    name = SELLERS.get(name) or SELLERS.get(name.split(".")[0]) or name
    if name == "openai":
        return (name, *(maker for maker in MAKERS if maker != name))
    own = () if name in GATEWAYS and name not in SELLERS else (name,)
    return own + RESELLS.get(name, () if own else MAKERS)


@lru_cache(maxsize=REMEMBERED)
def candidates(provider: str, model: str) -> tuple[tuple[str, str], ...]:
    """Seller and name under which a model may be in a price list, the most exact first."""
    found = [
        (seller, spelling)
        for places, name in routes(provider, model.strip().lower())
        for spelling in spellings(name)
        for seller in places
    ]
    return tuple(dict.fromkeys(found))


def routes(provider: str, name: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Who may have sold a model, and under which name: as sent, then with less and less of the
    path before it. A seller in the path counts where the provider is only a gateway."""
    is_open = provider.strip().lower() in GATEWAYS
    if BEDROCK_NAME.match(name) and (is_open or sellers(provider)[0] in MAKERS):
        provider = "aws"  # nobody else writes names like these
    yield sellers(provider), name
    if arn := BEDROCK_ARN.match(name):
        name, provider = name[arn.end() :], "aws" if is_open else provider
    if path := VERTEX_PATH.match(name):
        name, provider = name[path.end() :], "google" if is_open else provider
    while "/" in name:
        yield sellers(provider), name
        head, rest = name.split("/", 1)
        if not may_go(head, provider, is_open):
            return
        if is_open and head in SELLERS:
            provider = head
        name = rest
    if is_open and BEDROCK_NAME.match(name):
        provider = "aws"
    yield sellers(provider), name


def may_go(head: str, provider: str, is_open: bool) -> bool:
    """Whether the first part of a path is no part of the model's name."""
    if head in GATEWAYS or ROUTES.fullmatch(head):
        return True
    return head in SELLERS and (is_open or SELLERS[head] in sellers(provider))


def spellings(name: str) -> Iterator[str]:
    """What a model may be called, the most exact first; never a part of a name that means more."""
    for whole in (name, *without_vendor(name)):
        yield whole
        short = FINE_TUNED.sub(r"\1", AZURE_SPELLING.sub("gpt-3.5", whole))
        yield from shorter(short)


def shorter(name: str) -> Iterator[str]:
    """A name, and what is left of it as one suffix after the other is taken off."""
    yield name
    left = list(SUFFIXES)
    while kind := next((kind for kind in left if kind.search(name)), None):
        left.remove(kind)
        name = kind.sub("", name)
        yield name


def without_vendor(name: str) -> Iterator[str]:
    """A name of Bedrock without its version, its region, and its maker."""
    if BEDROCK_NAME.match(name):
        *_, unversioned = shorter(name)
        bare = BEDROCK_VERSION.sub("", unversioned)
        yield bare
        for pattern in (REGION, BEDROCK_NAME):
            yield pattern.sub("", name)
            yield pattern.sub("", bare)


def is_free(model: str) -> bool:
    """Whether a name says that its calls cost nothing."""
    return model.strip().lower().endswith(FREE)


@lru_cache(maxsize=REMEMBERED)
def bare_model(model: str) -> str:
    """A model without its provider and release, for telling whether two names mean one model."""
    *_, name = model.strip().lower().rsplit("/", 1)
    *_, shortest = spellings(name)
    return shortest
