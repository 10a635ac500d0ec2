"""Posting over real sockets: what attackers try to reach this machine by arrives nowhere."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpcore2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from agentscope.channels import post as module
from agentscope.channels.guard import Forbidden, networks
from agentscope.channels.post import (
    MOST_READ,
    BadTarget,
    Guarded,
    Hurried,
    beginning,
    post,
    readable,
    target,
)
from tests.kit.receivers import Answer, receiver

EVERYWHERE = networks(["0.0.0.0/0", "::/0"])
HERE = networks(["127.0.0.0/8"])
ASKED = socket.getaddrinfo

# Each is this machine, or what it must not reach, with the port of a server that would notice.
FORBIDDEN = {
    "plain": "http://127.0.0.1:{port}/",
    "another of this machine": "http://127.9.9.9:{port}/",
    "decimal": "http://2130706433:{port}/",
    "hexadecimal": "http://0x7f000001:{port}/",
    "octal": "http://0177.0.0.1:{port}/",
    "short": "http://127.1:{port}/",
    "mixed": "http://0x7f.0.1:{port}/",
    "zero": "http://0:{port}/",
    "unspecified": "http://0.0.0.0:{port}/",
    "name": "http://localhost:{port}/",
    "capitals": "http://LOCALHOST:{port}/",
    "trailing dot": "http://localhost.:{port}/",
    "IPv6": "http://[::1]:{port}/",
    "IPv6 unspecified": "http://[::]:{port}/",
    "mapped": "http://[::ffff:127.0.0.1]:{port}/",
    "mapped in hex": "http://[::ffff:7f00:1]:{port}/",
    "IPv4-compatible": "http://[::127.0.0.1]:{port}/",
    "NAT64": "http://[64:ff9b::7f00:1]:{port}/",
    "6to4": "http://[2002:7f00:1::]:{port}/",
    "ideographic dots": "http://127。0。0。1:{port}/",
    "full-width digits": "http://127.0.0.1:{port}/",
    "circled digits": "http://①②⑦.⓪.⓪.①:{port}/",
    "link-local": "http://169.254.10.10:{port}/",
    "metadata": "http://169.254.169.254:{port}/latest/meta-data/",
    "metadata in decimal": "http://2852039166:{port}/",
    "metadata mapped": "http://[::ffff:169.254.169.254]:{port}/",
    "metadata by NAT64": "http://[64:ff9b::a9fe:a9fe]:{port}/",
    "metadata of Alibaba": "http://100.100.100.200:{port}/",
    "metadata of Oracle": "http://192.0.0.192:{port}/",
    "Azure's machine": "http://168.63.129.16:{port}/",
    "multicast": "http://224.0.0.1:{port}/",
    "broadcast": "http://255.255.255.255:{port}/",
}
NO_ADDRESS = {
    "userinfo": "http://1.1.1.1@127.0.0.1:{port}/",
    "user and password": "http://a:b@127.0.0.1:{port}/",
    "backslash": "http://1.1.1.1:80\\@127.0.0.1:{port}/",
    "port 0": "http://127.0.0.1:0/",
    "port too large": "http://127.0.0.1:65536/",
    "port is no number": "http://127.0.0.1:{port}x/",
    "file": "file:///etc/passwd",
    "gopher": "gopher://127.0.0.1:{port}/_POST",
    "ftp": "ftp://127.0.0.1:{port}/",
    "no scheme": "127.0.0.1:{port}",
    "no host": "http:///path",
    "line break": "http://127.0.0.1:{port}/\r\nX-More: 1",
    "NUL": "http://127.0.0.1:{port}/a\0b",
    "no width": "http://127.0.0.1:{port}/a\u200bb",
    "backslash in the path": "http://127.0.0.1:{port}/a\\b",
    "space": "http://127.0.0.1:{port}/a b",
    "label too long": "http://" + "a" * 64 + ".example/",
    "bracket": "http://[::1:{port}/",
}


@pytest.fixture
def canary():
    """A server of this machine that would notice."""
    with receiver() as found:
        yield found


def names(monkeypatch, **answers):
    """Resolve these names otherwise, to the next address of a list each time; who asks for what."""
    asked = []

    def resolve(host, *args, **kwargs):
        if host not in answers:
            return ASKED(host, *args, **kwargs)
        asked.append(host)
        found = answers[host]
        return ASKED(found.pop(0) if len(found) > 1 else found[0], *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


@pytest.mark.parametrize("allowed", [(), EVERYWHERE], ids=["nothing allowed", "all allowed"])
@pytest.mark.parametrize("url", FORBIDDEN.values(), ids=FORBIDDEN)
def test_nothing_arrives_at_what_is_forbidden(canary, url, allowed, monkeypatch):
    names(monkeypatch, **{"localhost.": ["127.0.0.1"]})  # not every machine's resolver knows it
    with pytest.raises(Forbidden):
        post(target(url.format(port=canary.port)), b"{}", {}, allowed)
    assert canary.arrived == []


@pytest.mark.parametrize("url", NO_ADDRESS.values(), ids=NO_ADDRESS)
def test_what_is_no_address_is_refused_before_anything_is_resolved(url, canary, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", None)
    with pytest.raises(BadTarget):
        target(url.format(port=canary.port))


def test_the_server_would_have_noticed(canary):
    answer = post(target(canary.url + "?a=%2F&b=ä#f"), b'{"a": 1}', {"X-One": "1"}, HERE)
    (arrived,) = canary.arrived
    assert (answer.status, answer.body) == (200, b"ok")
    assert (arrived.path, arrived.json) == ("/hook?a=%2F&b=%C3%A4", {"a": 1})
    assert arrived.headers["x-one"] == "1"
    assert arrived.headers["host"] == f"127.0.0.1:{canary.port}"


def test_a_name_is_resolved_once_and_what_was_judged_is_what_is_connected_to(canary, monkeypatch):
    """Rebinding: the second answer would be the server that must not be reached."""
    asked = names(monkeypatch, **{"rebound.example": ["127.0.0.2", "127.0.0.1"]})
    only_one = networks(["127.0.0.2/32"])
    with receiver("127.0.0.2") as meant:
        for port in (meant.port, canary.port):
            where = target(f"http://rebound.example:{port}/")
            if port == canary.port:
                with pytest.raises(Forbidden, match=r"rebound\.example is 127\.0\.0\.1"):
                    post(where, b"", {}, only_one)
            else:
                post(where, b"", {}, only_one)
    assert asked == ["rebound.example"] * 2
    assert (len(meant.arrived), canary.arrived) == (1, [])
    assert meant.arrived[0].headers["host"] == f"rebound.example:{meant.port}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(canary, status):
    with receiver("127.0.0.2") as leading:
        leading.answers = [Answer(status, {"Location": canary.url})]
        answer = post(target(leading.url), b"", {}, networks(["127.0.0.2/32"]))
    assert (answer.status, canary.arrived) == (status, [])


def test_proxies_of_the_environment_are_not_asked(canary, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, canary.url)
    with receiver("127.0.0.2") as meant:
        post(target(meant.url), b"", {}, HERE)
    assert (len(meant.arrived), canary.arrived) == (1, [])


def test_the_next_address_is_tried_if_one_cannot_be_reached(canary, monkeypatch):
    both = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, canary.port))
        for each in ("127.0.0.3", "127.0.0.1")
    ]
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: both if host == "two" else ASKED(host, *a, **k)
    )
    assert post(target(f"http://two:{canary.port}/"), b"", {}, HERE).status == 200


def test_all_of_it_has_one_limit_of_time_however_slowly_it_is_answered(canary, monkeypatch):
    monkeypatch.setattr(module, "LIMIT", 0.5)
    canary.answers = [Answer(parts=(b"x",) * 100, pause=0.1)]
    with pytest.raises(httpcore2.TimeoutException):
        post(target(canary.url), b"", {}, HERE)


def test_only_the_beginning_of_an_answer_is_read(canary):
    canary.answers = [Answer(parts=(b"x" * 10_000,) * 1000)]
    assert post(target(canary.url), b"", {}, HERE).body == b"x" * MOST_READ


def test_an_answer_without_end_is_read_no_further_than_its_beginning():
    def parts():
        yield b"x" * MOST_READ
        pytest.fail("read on")

    assert beginning(SimpleNamespace(iter_stream=parts)) == b"x" * MOST_READ


def test_headers_are_found_by_names_in_lower_case():
    assert readable([(b"Retry-After", b"5")]) == {"retry-after": "5"}


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("https://[2001:db8::1]/", "[2001:db8::1]"),
        ("http://[2001:db8::1]:81/", "[2001:db8::1]:81"),
        ("http://a.example:443/", "a.example:443"),
        ("https://a.example:443/", "a.example"),
    ],
)
def test_a_host_is_named_with_the_port_that_is_not_its_own(url, named):
    assert target(url).named == named


def test_the_header_host_of_an_address_of_ipv6_has_its_brackets(monkeypatch):
    class Kept(httpcore2.MockStream):
        def write(self, buffer, timeout=None):
            sent.append(buffer)

    sent, connect = [], lambda *_, **__: Kept([b"HTTP/1.1 200 OK\r\n\r\n"])
    monkeypatch.setattr(Guarded, "connect_tcp", connect)
    assert post(target("http://[2001:db8::1]:81/"), b"", {}, ()).status == 200
    assert b"Host: [2001:db8::1]:81\r\n" in b"".join(sent)


class Recorded:
    """A connection that remembers what time it was given."""

    def __init__(self):
        self.given = []

    def read(self, max_bytes, timeout):
        self.given.append(timeout)
        return b""

    def write(self, buffer, timeout):
        self.given.append(timeout)

    def start_tls(self, context, name, timeout):
        self.given.append(timeout)
        assert name == "a.example"
        return self


def test_every_step_has_the_time_that_is_left_and_none_once_it_is_over(monkeypatch):
    found, context = Recorded(), ssl.create_default_context()
    monkeypatch.setattr(module, "monotonic", lambda: 100.0)
    hurried = Hurried(found, 103.0)
    for stream in (hurried, hurried.start_tls(context, "a.example", 60.0)):
        stream.read(1, 60.0)
        stream.write(b"", 60.0)
    assert found.given == [3.0] * 5
    for late in (100.0, 99.0):
        with pytest.raises(httpcore2.ReadTimeout):
            Hurried(found, late).write(b"", 60.0)
    assert len(found.given) == 5


def test_connecting_has_the_time_that_is_left_too(monkeypatch):
    given = []

    def connect(_, address, port, timeout):
        given.append((address, port, timeout))

    monkeypatch.setattr(module, "monotonic", lambda: 100.0)
    monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", connect)
    monkeypatch.setattr(module, "judged", lambda *_: [("192.0.2.1", 80)])
    Guarded((), 103.0).connect_tcp("a.example", 80)
    assert given == [("192.0.2.1", 80, 3.0)]
    monkeypatch.setattr(module, "judged", lambda *_: [])
    with pytest.raises(OSError, match="has no address"):
        Guarded((), 103.0).connect_tcp("a.example", 80)


def certificate(folder, name):
    """A certificate of its own, and the context of a server that has it."""
    key = ec.generate_private_key(ec.SECP256R1())
    said = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(said)
        .issuer_name(said)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return file, context


def test_the_certificate_is_that_of_the_name_not_of_the_address(tmp_path, monkeypatch):
    names(monkeypatch, **{"right.example": ["127.0.0.1"], "wrong.example": ["127.0.0.1"]})
    file, context = certificate(tmp_path, "right.example")
    with receiver(context=context) as found:
        with pytest.raises(httpcore2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            post(target(f"https://right.example:{found.port}/"), b"", {}, HERE)
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert post(target(f"https://right.example:{found.port}/"), b"", {}, HERE).status == 200
        with pytest.raises(httpcore2.ConnectError, match=r"wrong\.example"):
            post(target(f"https://wrong.example:{found.port}/"), b"", {}, HERE)
    assert len(found.arrived) == 1
