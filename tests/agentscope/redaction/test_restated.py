"""What people wrote is redacted in the ledger too, and it verifies all the same."""

import pytest

from agentscope.jobs.models import Job
from agentscope.ledger.models import Content
from agentscope.ledger.read import StoredLedger
from agentscope.ledger.verifier import verify
from agentscope.projects.changes import changes_of, note_change
from agentscope.projects.write import create_project
from agentscope.redaction import restated
from agentscope.redaction.cleaner import Cleaner
from agentscope.redaction.policy import Action, Own, Policy
from agentscope.redaction.redactor import Redactor
from agentscope.redaction.step import Step

pytestmark = pytest.mark.django_db
SECRET = "sk-proj-" + "Ab3dEf6hIj9lMn2pQr5t" * 3


@pytest.fixture
def step():
    """A step of a job that masks secrets in a project."""
    project = create_project("shop")
    job = Job(project_id=project.pk, asked_by="ada", kind=Job.Kind.REDACT)
    redactor = Redactor(Policy({"secret": Action.MASK}), b"k" * 32)
    return Step(job, Cleaner(redactor))


def said(step):
    """What the changes of the project say, the newest first."""
    return [(change.who, change.what) for change in changes_of(step.project_id, None, 99)]


def test_it_is_said_anew_without_the_secret_as_of_then(step):
    note_change("budget", step.project_id, "ben", f"Stopped: {SECRET} leaked", {"why": SECRET})
    note_change("budget", step.project_id, "ben", "Nothing to hide", {})
    then = changes_of(step.project_id, None, 9)[1].changed_at
    assert restated.ledger(step, None) is None
    assert not Content.objects.filter(text__contains=SECRET).exists()
    newest = changes_of(step.project_id, None, 1)[0]
    assert (newest.who, newest.changed_at, newest.details) != ("", then, {})
    assert SECRET not in newest.what
    assert newest.what.startswith("Stopped: ")
    assert said(step)[1:] == [("ben", "Nothing to hide"), ("", "What this entry said was erased.")]
    verdict = verify(StoredLedger(step.project_id))
    assert (verdict.fault, verdict.erased) == (None, 1)
    assert step.job.result["texts"] == 1


def test_done_again_nothing_changes(step):
    note_change("budget", step.project_id, "ben", f"Stopped: {SECRET} leaked", {})
    restated.ledger(step, None)
    before = said(step)
    restated.ledger(step, None)
    assert said(step) == before


def test_it_goes_on_where_it_was(step, monkeypatch):
    monkeypatch.setattr(restated, "BATCH", 2)
    for number in range(5):
        note_change("budget", step.project_id, "ben", f"{number}: {SECRET}", {})
    place, turns = restated.ledger(step, None), 1
    while place is not None:
        place, turns = restated.ledger(step, place), turns + 1
    assert not Content.objects.filter(text__contains=SECRET).exists()
    assert turns >= 5
    assert verify(StoredLedger(step.project_id)).erased == 5


def fitting(step, pattern):
    """The same step by a pattern."""
    policy = Policy(own=(Own("own", pattern, False, Action.MASK),))
    return Step(step.job, Cleaner(Redactor(policy, b"k" * 32)))


SALTS = "[0-9a-f]{16}"  # fits each salt, id and digest
MADE = {
    "trace": "0f" * 16,
    "span": "0f" * 8,
    "traces": ["0f" * 16, "1e" * 16],
    "record": "0f" * 32,
    "identifier_digest": "0f" * 32,
    "fingerprint": "0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f",
}


def test_a_pattern_that_fits_salts_and_digests_changes_nothing(step):
    note_change("budget", step.project_id, "ben", "Nothing to hide", MADE)
    note_change("review", step.project_id, "ben", "Found wrong", {"why": "0f" * 32})
    contents = list(Content.objects.order_by("position").values_list("text", flat=True))
    restated.ledger(fitting(step, SALTS), None)
    assert list(Content.objects.order_by("position").values_list("text", flat=True)) == contents
    assert step.job.result == {"entries": 0}


def test_what_people_wrote_beside_digests_is_redacted(step):
    people = {"why": "0f" * 32, "trace": f"of {'0f' * 8}", "names": ["1e" * 16]}
    note_change("budget", step.project_id, "ben", f"Stopped {'2d' * 16}", MADE | people)
    restated.ledger(fitting(step, SALTS), None)
    newest = changes_of(step.project_id, None, 1)[0]
    assert newest.what == "Stopped [redacted own][redacted own]"
    changed = {name: newest.details[name] for name in people}
    assert changed == {
        "why": "[redacted own]" * 4,
        "trace": "of [redacted own]",
        "names": ["[redacted own]" * 2],
    }
    assert {**newest.details, **people} == MADE | people


def test_how_an_entry_is_built_is_no_text(step):
    note_change("budget", step.project_id, "ben", "Nothing", {"why": "what details"})
    restated.ledger(fitting(step, "what|details"), None)
    newest = changes_of(step.project_id, None, 1)[0]
    assert (newest.what, newest.details["why"]) == ("Nothing", "[redacted own] [redacted own]")
