"""A setting that cannot be used stops the start with one sentence that names it."""

import pytest

from agentscope.environment import (
    BadSetting,
    database,
    env_bool,
    env_choice,
    env_int,
    env_list,
    env_networks,
    env_secret,
    https_origins,
    mail,
    public_url,
)

NAME = "AGENTSCOPE_FOR_TESTS"


@pytest.fixture
def say(monkeypatch):
    """Set NAME."""
    return lambda value: monkeypatch.setenv(NAME, value)


@pytest.mark.parametrize("value", ["0", "65536", "-1", "1.5", "", "8e3", "four", "9" * 5000])
def test_what_is_no_port_is_refused_in_a_sentence(say, value):
    say(value)
    with pytest.raises(BadSetting, match=rf"^{NAME}=.* from 1 to 65535: write something like 4\.$"):
        env_int(NAME, 4, least=1, most=65535)


def test_numbers_words_and_lists_are_read(say):
    assert env_int(NAME, 7) == 7
    say("12")
    assert env_int(NAME, 7) == 12
    say("info")
    assert env_choice(NAME, "WARNING", ("INFO", "WARNING")) == "INFO"
    say(" a, ,b ")
    assert env_list(NAME, []) == ["a", "b"]


def test_other_words_are_refused(say):
    say("loud")
    with pytest.raises(BadSetting, match="is none of INFO, WARNING"):
        env_choice(NAME, "WARNING", ("INFO", "WARNING"))
    with pytest.raises(BadSetting, match="write 1 or 0"):
        env_bool(NAME, default=False)


def test_a_secret_may_lie_in_a_file(monkeypatch, tmp_path):
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))
    with pytest.raises(BadSetting, match="cannot be read: No such file"):
        env_secret(NAME, "")
    (tmp_path / "secret").write_text("hidden\n")
    assert env_secret(NAME, "") == "hidden"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:hidden@h/d",
        "postgresql://u:hid/den@h:5432/d",
        "postgresql://u:hid[den@h/d",
        "x",
    ],
)
def test_a_database_address_that_is_none_is_refused_without_its_password(url):
    with pytest.raises(BadSetting, match="DATABASE_URL") as caught:
        database(url)
    assert "hid" not in str(caught.value)


def test_a_database_address_is_taken_apart():
    found = database("postgresql://us%40er:p%2Fw@host:5433/name?sslmode=require")
    assert [found[each] for each in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        "us@er", "p/w", "host", "5433", "name",
    ]  # fmt: skip
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_names_become_origins():
    assert https_origins(["a.example", ".b.example", "*", "[::1]"]) == [
        "https://a.example", "https://*.b.example", "https://[::1]",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "scheme", "host", "port"),
    [
        ("smtp://mail.example", "smtp", "mail.example", 25),
        ("smtp+tls://us%40er:p%2Fw@mail.example", "smtp+tls", "mail.example", 587),
        ("smtps://us%40er:p%2Fw@mail.example:4465", "smtps", "mail.example", 4465),
        ("", "smtp", "", 25),
    ],
)
def test_an_address_of_a_mail_server_is_taken_apart(url, scheme, host, port):
    found = mail(url)
    assert (found.scheme, found.host, found.port) == (scheme, host, port)
    said = ("us@er", "p/w") if "@" in url else ("", "")
    assert (found.user, found.password) == said


@pytest.mark.parametrize(
    "url", ["mail.example", "http://u:hidden@h", "smtp://", "smtp://u:hid/den@h:25", "smtp://h:x"]
)
def test_an_address_of_no_mail_server_is_refused_without_its_password(url):
    with pytest.raises(BadSetting, match="AGENTSCOPE_EMAIL_URL") as caught:
        mail(url)
    assert "hid" not in str(caught.value)


def test_networks_are_read_and_others_refused(say):
    assert env_networks(NAME) == ()
    say("10.1.0.0/16, fd12::/48")
    assert [str(each) for each in env_networks(NAME)] == ["10.1.0.0/16", "fd12::/48"]
    say("10.1.0.1/16")
    with pytest.raises(BadSetting, match=r"names no network: .* Write something like 10\.1"):
        env_networks(NAME)


@pytest.mark.parametrize(
    ("hosts", "is_https", "port", "url"),
    [
        (["scope.example", "127.0.0.1"], True, None, "https://scope.example"),
        ([".example", "*", "scope.example"], True, None, "https://scope.example"),
        (["localhost", "127.0.0.1"], False, 4318, "http://localhost:4318"),
        (["*"], False, None, "http://localhost"),
    ],
)
def test_our_own_address_is_that_of_the_first_name(hosts, is_https, port, url):
    assert public_url(hosts, is_https=is_https, port=port) == url
