"""Apprise as it is installed: what it sends arrives, and it reaches nothing that is forbidden."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from agentscope.channels.guard import networks
from agentscope.channels.kinds import apprise
from agentscope.channels.kinds.apprise import check, outcome
from agentscope.channels.kinds.kind import BadChannel
from agentscope.channels.outside import Warder
from agentscope.channels.send import send_due
from agentscope.channels.write import create_channel, deliver
from tests.kit.receivers import Answer, receiver

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def tell(project, message):
    """Tell a message to an address of Apprise; the delivery."""

    def told(url, message=message):
        channel = create_channel(
            project.pk, "apprise", url[:90].replace("/", "-"), {"url": url}, "a"
        )
        (delivery,) = deliver(project.pk, [channel], message)
        send_due()
        delivery.refresh_from_db()
        return delivery

    return told


def test_what_arrives(tell, hook):
    delivery = tell(f"json://127.0.0.1:{hook.port}/hook")
    (arrived,) = hook.arrived
    assert arrived.json["title"] == "[shop] Runs cost $2.31 in an hour"
    assert arrived.json["type"] == "failure"
    assert "Look at the dearest run." in arrived.json["message"]
    assert "https://scope.example/p/shop/alerts/7" in arrived.json["message"]
    assert delivery.state == "sent"


def test_what_a_name_holds_is_no_markup(tell, hook, message):
    told = replace(message, title="@here", sentences=("<b>x</b> @all [a](http://b.example)",))
    tell(f"json://127.0.0.1:{hook.port}/hook?format=html", told)
    (arrived,) = hook.arrived
    assert arrived.json["title"] == "[shop] @\u200bhere"
    said = arrived.json["message"]
    assert "&lt;b&gt;x&lt;/b&gt;" in said
    assert "@\u200ball" in said
    assert "](" not in said


def test_a_receiver_that_fails_is_tried_again(tell, hook):
    hook.answers = [Answer(500)]
    delivery = tell(f"json://127.0.0.1:{hook.port}/hook")
    assert delivery.state == "failed"
    assert "error=500" in delivery.log[0]["reason"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"])
def test_this_machine_is_not_reached_where_it_is_not_allowed(tell, hook, settings, host):
    settings.AGENTSCOPE_ALLOWED_NETWORKS = networks(["0.0.0.0/0", "::/0"])
    delivery = tell(f"json://{host}:{hook.port}/hook")
    assert hook.arrived == []
    assert delivery.state in ("given_up", "failed")


def test_why_it_is_not_reached_is_said(tell, hook, settings):
    settings.AGENTSCOPE_ALLOWED_NETWORKS = ()
    delivery = tell(f"json://127.0.0.1:{hook.port}/hook")
    assert delivery.state == "given_up"
    assert delivery.log[0]["reason"].startswith("127.0.0.1, which is this machine: ")


@pytest.mark.parametrize("asked", ["", "?redirect=yes"])
@pytest.mark.parametrize("allowed", ["127.0.0.2/32", "127.0.0.0/8"])
def test_a_redirect_leads_nowhere(tell, hook, settings, asked, allowed):
    settings.AGENTSCOPE_ALLOWED_NETWORKS = networks([allowed])
    with receiver("127.0.0.2") as leading:
        leading.answers = [Answer(307, {"Location": hook.url})]
        delivery = tell(f"json://127.0.0.2:{leading.port}/{asked}")
    assert (len(leading.arrived), hook.arrived) == (1, [])
    assert delivery.state != "sent"


def test_an_address_that_it_does_not_know_is_given_up(tell, here):
    delivery = tell("nosuchservice://token")
    assert (delivery.state, delivery.log[0]["reason"]) == (
        "given_up",
        "Apprise does not understand the address",
    )


@pytest.mark.parametrize(
    "code",
    [
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "open('/etc/passwd')",
        "import os; os.open('/etc/passwd', os.O_RDONLY)",
        "open('written-by-apprise', 'w')",
        "open('var/environment')",
        "open('manage.py')",
        "import syslog; syslog.syslog('a')",
        "import os; os.remove('manage.py.gone')",
        "import socket; socket.socket(socket.AF_UNIX).connect('/run/docker.sock')",
        "import socket; socket.socket().connect(('localhost', 1))",
        "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'a', ('127.0.0.1', 1))",
        "import threading, socket\n"
        "def run():\n"
        "    try: socket.create_connection(('127.0.0.1', 1))\n"
        "    except Forbidden: seen.append(1)\n"
        "seen = []; thread = threading.Thread(target=run); thread.start(); thread.join()\n"
        "if seen: raise Forbidden",
    ],
)
def test_in_its_program_nothing_else_is_done(code):
    begin = (
        "import sys\n"
        "from agentscope.channels.outside import Warder\n"
        "from agentscope.channels.guard import Forbidden\n"
        "sys.addaudithook(Warder(()))\n"
        f"try: exec({code!r})\n"
        "except Forbidden: print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", begin], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("refused\n", "")


def test_an_answer_without_end_takes_no_memory_without_end(tell, hook, monkeypatch):
    monkeypatch.setattr(apprise, "LIMIT", 120)
    hook.answers = [Answer(parts=(b"x" * (1 << 20),) * 2000)]
    delivery = tell(f"json://127.0.0.1:{hook.port}/")
    assert (delivery.state, delivery.log[0]["reason"]) == (
        "given_up",
        "was answered more than is read",
    )


def test_public_addresses_and_code_are_let_through():
    warder = Warder(networks(["10.0.0.0/8"]))
    assert not warder.to(("1.1.1.1", 443))
    assert not warder.to(("2606:4700::1111", 443, 0, 0))
    assert not warder.to(("10.1.2.3", 443))
    assert not warder.opening(json.__file__, 0)
    assert warder.to(("192.168.0.1", 443))


def test_without_apprise_it_is_said_how_to_install_it(monkeypatch):
    monkeypatch.setattr(apprise, "find_spec", lambda name: None)
    with pytest.raises(BadChannel, match=r"requirements-notify\.txt"):
        check({"url": "json://a.example"})


@pytest.mark.parametrize("url", ["", "json", "json://", "://a"])
def test_what_is_no_address_is_refused(url):
    with pytest.raises(BadChannel):
        check({"url": url})


def test_one_that_is_not_done_in_time_is_tried_again(tell, hook, monkeypatch):
    monkeypatch.setattr(apprise, "LIMIT", 0.01)
    delivery = tell(f"json://127.0.0.1:{hook.port}/hook")
    assert (delivery.state, hook.arrived) == ("failed", [])
    assert "was not done within" in delivery.log[0]["reason"]


def test_the_program_is_given_nothing_of_ours(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    told = "import os, sys; print(sorted(os.environ)); print(sys.stdin.read())"
    monkeypatch.setattr(apprise, "COMMAND", [sys.executable, "-c", told])
    names, order = apprise.run("the order").splitlines()
    assert set(json.loads(names.replace("'", '"'))) <= {"HOME", "LANG", "LC_CTYPE"}
    assert order == "the order"


def test_a_program_that_dies_is_tried_again():
    assert outcome("").came == "again"
