"""A project whose operator lets messages go to this machine, and receivers there."""

import pytest

from agentscope.channels.guard import networks
from agentscope.channels.message import Message
from agentscope.projects.write import create_project
from tests.kit.receivers import mail_server, receiver


@pytest.fixture
def here(settings):
    """An embedded installation that may send to itself."""
    settings.AGENTSCOPE_EMBEDDED = True
    settings.AGENTSCOPE_ALLOWED_NETWORKS = networks(["127.0.0.0/8"])
    settings.AGENTSCOPE_PUBLIC_URL = "https://scope.example"


@pytest.fixture
def hook(here):
    """A receiver of HTTP that may be sent to."""
    with receiver() as found:
        yield found


@pytest.fixture
def mailbox(here, settings):
    """A mail server that is the installation's."""
    with mail_server() as found:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
        yield found


@pytest.fixture
def project(db):
    return create_project("shop")


@pytest.fixture
def message():
    return Message(
        "Runs cost $2.31 in an hour",
        ("The limit is $2.00.", "Look at the dearest run."),
        (("Cost", "$2.31"), ("Agent", "a<b>&c")),
        "/p/shop/alerts/7",
        "alert",
        "alert-event:12",
    )
