import pytest

from ingest.reading.providers import provider_and_framework, provider_of_host, provider_of_model


@pytest.mark.parametrize(
    ("said", "provider"),
    [
        ("OpenAI", "openai"),
        ("openai.chat", "openai"),
        ("azure", "azure.ai.openai"),
        ("AWS", "aws.bedrock"),
        ("google.generative-ai", "gcp.gemini"),
        ("vertex_ai", "gcp.vertex_ai"),
        ("mistralai", "mistral_ai"),
        ("xai", "x_ai"),
        ("groq", "groq"),
        ("acme-inference", "acme-inference"),
        ("anthropic.messages", "anthropic"),
    ],
)
def test_aliases(said: str, provider: str) -> None:
    assert provider_and_framework(said) == (provider, "")


def test_frameworks_and_nobodies() -> None:
    assert provider_and_framework("LangGraph") == ("", "langgraph")
    assert provider_and_framework("az.ai.agents") == ("", "az.ai.agents")
    assert provider_and_framework("_OTHER") == ("", "")


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        ("gpt-4o", "openai"),
        ("o4-mini", "openai"),
        ("claude-sonnet-4-5", "anthropic"),
        ("us.anthropic.claude-sonnet-4", "aws.bedrock"),
        ("anthropic/claude-sonnet-4-5", "anthropic"),
        ("openrouter/deepseek-r1", "deepseek"),
        ("gemini-2.5-flash", "gcp.gemini"),
        ("olmo-2", ""),
        ("", ""),
    ],
)
def test_by_model(model: str, provider: str) -> None:
    assert provider_of_model(model) == provider


def test_by_host() -> None:
    assert provider_of_host("https://api.openai.com/v1/") == "openai"
    assert provider_of_host("acme.openai.azure.com") == "azure.ai.openai"
    assert provider_of_host("bedrock-runtime.eu-west-1.amazonaws.com") == "aws.bedrock"
    assert [provider_of_host(host) for host in ("127.0.0.1", "notopenai.com", 7, "")] == [None] * 4
