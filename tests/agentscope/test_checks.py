"""What is missing in production is said at the start, with what to do."""

import pytest
from django.core.checks import run_checks

from agentscope.channels.guard import networks
from agentscope.checks import SETTINGS, check_settings, refuse_missing_settings
from agentscope.environment import BadSetting


@pytest.fixture(autouse=True)
def _production(settings, monkeypatch):
    settings.AGENTSCOPE_EMBEDDED = False
    settings.BROKER_URL = "redis://broker"
    settings.ALLOWED_HOSTS = ["agentscope.example.com", "127.0.0.1"]
    monkeypatch.setenv("DATABASE_URL", "postgresql://host/name")
    monkeypatch.setenv("AGENTSCOPE_SECRET_KEY", "k" * 50)


def ids() -> list[str]:
    assert all(problem.hint for problem in check_settings())
    return [str(problem.id).removeprefix("agentscope.") for problem in run_checks(tags=[SETTINGS])]


def test_all_is_well():
    assert ids() == []
    refuse_missing_settings()


def test_what_is_missing_stops_the_start(settings, monkeypatch):
    settings.BROKER_URL = ""
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("AGENTSCOPE_SECRET_KEY")
    assert ids() == ["E001", "E002", "E003"]
    with pytest.raises(BadSetting, match=r"AGENTSCOPE_SECRET_KEY is not set\. Make one"):
        refuse_missing_settings()


def test_what_is_unwise_is_said(settings, monkeypatch):
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    monkeypatch.setenv("AGENTSCOPE_SECRET_KEY", "short")
    assert ids() == ["W001", "W002"]
    refuse_missing_settings()


def test_what_keeps_messages_from_arriving_is_said(settings):
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example", "agentscope@localhost"
    settings.AGENTSCOPE_ALLOWED_NETWORKS = networks(["10.0.0.0/8", "127.0.0.0/8"])
    assert ids() == ["W004", "W005"]
    settings.DEFAULT_FROM_EMAIL = "AgentScope <alerts@example.com>"
    settings.AGENTSCOPE_ALLOWED_NETWORKS = networks(["10.0.0.0/8", "0.0.0.0/0"])
    assert ids() == []


@pytest.mark.parametrize("hosts", [["localhost", "example.com"], ["*"], [".example.com"]])
def test_letting_everybody_in_is_for_this_machine(settings, hosts):
    settings.AGENTSCOPE_EMBEDDED = True
    settings.ALLOWED_HOSTS = hosts
    assert ids() == ["W003"]
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    assert ids() == []


def test_a_listener_without_keys_is_for_this_machine(settings):
    settings.AGENTSCOPE_EMBEDDED = True
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    settings.AGENTSCOPE_GRPC_HOST = "10.0.0.7"
    assert ids() == ["E004"]
    settings.AGENTSCOPE_EMBEDDED = False
    assert "E004" not in ids()


def test_what_keeps_people_from_logging_in_by_a_provider_stops_the_start(settings):
    settings.AGENTSCOPE_OIDC_ISSUER = "http://keycloak.example.com/realms/main"
    assert ids() == ["E005", "E006"]
    with pytest.raises(BadSetting, match=r"no address by HTTPS"):
        refuse_missing_settings()
    settings.AGENTSCOPE_OIDC_CLIENT_ID = "agentscope"
    for issuer in ("https://keycloak.example.com/realms/main", "http://localhost:8080/realms/main"):
        settings.AGENTSCOPE_OIDC_ISSUER = issuer
        assert ids() == []
