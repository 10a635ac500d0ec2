"""Settings: fields that are not compared."""

from agentscope.projects.volatile import volatile_of
from agentscope.signatures.canonical import REASONS, VOLATILE
from agentscope.signatures.masking import TOLD
from tests.kit.changes import noted

PAGE = "/p/shop/settings/detectors/fields/"


def test_they_are_set_and_shown_beside_the_usual_ones(client, embedded, project):
    assert client.post(PAGE, {"names": "lease\n\n<load>"})["Location"] == f"{PAGE}?saved=1"
    assert volatile_of(project.pk) == ("<load>", "lease")
    text = client.get(f"{PAGE}?saved=1").text
    assert "&lt;load&gt;\nlease</textarea>" in text
    assert "Understand stored spans again" in text
    for usual in (VOLATILE, REASONS, TOLD):
        assert ", ".join(sorted(usual)) in text


def test_what_is_wrong_is_said_beside_the_field(client, embedded, project):
    answer = client.post(PAGE, {"names": "x" * 65})
    assert answer.status_code == 200
    assert "A name has at most 64 printable characters." in answer.text
    assert volatile_of(project.pk) == ()


def test_strangers_change_nothing(client, production, charlie, project):
    client.force_login(charlie)
    assert client.post(PAGE, {"names": "a"}).status_code == 404
    assert not noted()
