"""Settings: which tools do their work each time."""

from agentscope.projects.repeated import Effects, effects_of
from tests.kit.changes import noted
from tests.kit.resumed import Run, lines, tell

PAGE = "/p/shop/settings/tools/"
SET = f"{PAGE}effects/"


def test_they_are_set_and_shown(client, embedded, project):
    said = {"each_time": "run_<payroll>\n\nerp_*", "once": "send_once"}
    assert client.post(SET, said)["Location"] == f"{PAGE}?saved=1"
    assert effects_of(project.pk) == Effects(("erp_*", "run_<payroll>"), ("send_once",))
    text = client.get(PAGE).text
    assert "erp_*\nrun_&lt;payroll&gt;</textarea>" in text
    assert len(noted()) == 1


def test_what_is_wrong_is_said_beside_the_field(client, embedded, project):
    answer = client.post(SET, {"each_time": "x" * 201, "once": ""})
    assert answer.status_code == 200
    assert "A name has at most 200 characters." in answer.text
    assert effects_of(project.pk) == Effects()


def test_what_cannot_be_stored_is_said_beside_the_field(client, embedded, project):
    answer = client.post(SET, {"each_time": "a\x00", "once": ""})
    assert answer.status_code == 200
    assert "Null characters are not allowed." in answer.text
    assert effects_of(project.pk) == Effects()


def test_strangers_change_nothing(client, production, charlie, project):
    client.force_login(charlie)
    assert client.post(SET, {"each_time": "a", "once": ""}).status_code == 404
    assert not noted()


def test_it_is_only_posted(client, embedded, project):
    assert client.get(SET).status_code == 405


def test_detectors_go_by_it(client, embedded, project):
    client.post(SET, {"each_time": "erp_*", "once": "send_*"})
    runs = [
        Run(at, 300 * at).use("erp_booking", {"id": 7}).use("send_email", {"id": 7})
        for at in (1, 2)
    ]
    tell(*runs, project=project.pk)
    assert [line[1] for line in lines(project.pk)] == ["duplicate_side_effect"]
