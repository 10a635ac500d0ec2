"""A ledger is verified by a job, from where it was verified before or as a whole."""

from __future__ import annotations

import pytest

from agentscope.audit import course, verifying
from agentscope.audit.result import opened
from agentscope.audit.verifying import standing, verify
from agentscope.jobs.models import Job
from agentscope.ledger import signing
from agentscope.ledger.verifier import NOTHING
from agentscope.ledger.write import append, checkpoint, erase
from tests.agentscope.ledger.test_tampering import ATTACKS, LAST, SHOP, ledger, tamper
from tests.kit.jobs import end_jobs

__all__ = ["ledger"]
pytestmark = pytest.mark.django_db


def verified(*, whole=False):
    """What a verification comes to."""
    verify(SHOP, "ann", whole=whole)
    end_jobs()
    return standing(SHOP).verified.result


def test_untouched_all_is_well(ledger):
    found = verified()
    assert (found.bad, found.entries, found.until, found.first) == (None, LAST, LAST, 1)
    assert (found.erased, found.checkpoints) == (1, 2)
    assert found.keys == [signing.public(signing.signing_key()).hex()]
    assert standing(SHOP).verified.job.asked_by == "ann"


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("at_once", [course.ENTRIES, 2])
def test_the_first_bad_position_is_named_in_steps_too(attack, at_once, ledger, monkeypatch):
    monkeypatch.setattr(course, "ENTRIES", at_once)
    monkeypatch.setattr(course, "CHECKPOINTS", 1)
    monkeypatch.setattr(verifying, "STEP", 0 if at_once == 2 else 3_600)
    do, position = ATTACKS[attack]
    do()
    found = verified()
    assert (found.bad, found.until) == (position, position - 1)


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_was_verified_as_a_whole_before_is_verified_as_a_whole_again(attack, ledger):
    verified()
    do, position = ATTACKS[attack]
    do()
    assert verified(whole=True).bad == position


def test_only_what_is_new_is_read(ledger):
    verified()
    append(SHOP, "change", {"who": "ann", "what": "one more"})
    checkpoint(SHOP)
    found = verified()
    assert (found.first, found.entries, found.checkpoints) == (LAST + 1, 1, 1)
    assert found.until == found.most == LAST + 1
    assert Job.objects.order_by("pk").last().total == 1
    found = verified()
    assert (found.first, found.entries, found.bad) == (LAST + 2, 0, None)


def test_what_is_forged_behind_what_was_verified_is_named(ledger):
    verified()
    append(SHOP, "change", {"who": "ann", "what": "one more"})
    tamper(
        f"update ledger_content set text = replace(text, 'ann', 'bob') where position = {LAST + 1}"
    )
    assert verified().bad == LAST + 1
    assert verified().bad == LAST + 1


def test_what_goes_on_from_another_entry_than_was_verified_is_verified_as_a_whole(ledger):
    verified()
    tamper(f"update ledger_entry set hash = '\\x00' where position = {LAST}")
    found = verified()
    assert (found.first, found.bad) == (1, LAST)


def test_a_tail_of_which_no_checkpoint_tells_is_missed_for_ever(ledger):
    append(SHOP, "change", {"who": "ann", "what": "one more"})
    verified()
    for table in ("ledger_entry", "ledger_content"):
        tamper(f"delete from {table} where position = {LAST + 1}")
    for _ in range(2):
        found = verified()
        assert found.bad == LAST + 1
        assert f"tells of {LAST + 1} entries" in found.reason
    append(SHOP, "change", {"who": "eve", "what": "another"})
    found = verified()
    assert found.bad == LAST + 1
    assert "tells of another entry here" in found.reason


def test_a_fault_is_gone_once_what_was_there_is_back(ledger):
    tamper("update ledger_content set text = replace(text, 'ann', 'bob') where position = 6")
    assert verified().bad == 6
    tamper("update ledger_content set text = replace(text, 'bob', 'ann') where position = 6")
    found = verified()
    assert (found.bad, found.first, found.until) == (None, 6, LAST)


def test_an_empty_ledger():
    found = verified()
    assert (found.bad, found.entries, found.until, found.hash) == (None, 0, 0, NOTHING)
    append(SHOP, "change", {"who": "ann", "what": "the first"})
    assert verified().entries == 2


def test_what_is_added_while_checkpoints_are_compared_is_no_fault(ledger, monkeypatch):
    monkeypatch.setattr(verifying, "STEP", 0)
    runner, job = verifying.Verifying(), verify(SHOP, "ann", whole=False)
    job.total = runner.count(job)
    assert not runner.step(job)  # all entries are read
    append(SHOP, "change", {"who": "ann", "what": "meanwhile"})
    erase(SHOP, [6], "ann", "meanwhile")
    checkpoint(SHOP)
    assert runner.step(job)
    result = opened(job.result, SHOP)
    assert (result.bad, result.until) == (None, LAST + 2)


def test_an_old_key_of_the_installation_is_known(ledger, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    append(SHOP, "change", {"who": "ann", "what": "signed anew"})
    found = verified()
    assert (found.bad, len(found.keys)) == (None, 2)


def test_nobody_else_can_write_that_all_is_well(ledger):
    tamper("update ledger_content set text = replace(text, 'ann', 'bob') where position = 6")
    bad = verified()
    job = standing(SHOP).verified.job
    Job.objects.create(
        project_id=SHOP, kind=Job.Kind.VERIFY, state=Job.State.DONE,
        result=job.result | {"bad": None, "reason": ""},
    )  # fmt: skip
    found = standing(SHOP)
    assert found.verified.result == bad
    assert found.forged is not None
    assert verified().bad == 6
    assert standing(SHOP).forged is None


@pytest.mark.parametrize("kept", [{}, {"seal": 1}, {"seal": "zz"}, {"seal": "00", "nonsense": 1}])
def test_what_is_no_result_is_none(kept):
    assert opened(kept, SHOP) is None


def test_a_result_of_another_project_is_none(ledger):
    verified()
    kept = standing(SHOP).verified.job.result
    assert opened(kept, SHOP) is not None
    assert opened(kept, SHOP + 1) is None


def test_one_that_is_under_way_is_not_asked_for_twice(ledger):
    first = verify(SHOP, "ann", whole=False)
    assert standing(SHOP).running == first
    assert verify(SHOP, "ben", whole=True) == first
    end_jobs()
    assert standing(SHOP).running is None
    assert verify(SHOP, "ben", whole=True) != first


def test_one_that_ends_while_somebody_looks_is_not_taken_for_a_forged_one(
    ledger, django_assert_num_queries
):
    verified()
    verify(SHOP, "ben", whole=False)
    with django_assert_num_queries(1):
        assert standing(SHOP).running


def test_one_that_failed_is_told_and_hides_no_fault(ledger):
    tamper("update ledger_content set text = replace(text, 'ann', 'bob') where position = 6")
    verified()
    Job.objects.create(project_id=SHOP, kind=Job.Kind.VERIFY, state=Job.State.FAILED, message="no")
    found = standing(SHOP)
    assert found.failed.message == "no"
    assert found.verified.result.bad == 6
