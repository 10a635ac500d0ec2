"""How long a project keeps what, and holds."""

import pytest

from agentscope.projects.write import create_project
from agentscope.retention.read import Kept, all_kept, hold_of, holds, kept_of
from agentscope.retention.write import BadHold, BadPeriods, hold, lift, set_periods
from agentscope.traces.write import save_spans
from tests.kit.changes import noted, the_change
from tests.kit.costs import uuid
from tests.kit.spans import understood, wire_span

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def installation(settings):
    settings.AGENTSCOPE_RETENTION_DAYS = 30


@pytest.fixture
def shop():
    return create_project("shop")


@pytest.fixture
def stored(shop):
    """A trace of the shop."""
    save_spans(shop.pk, understood(wire_span(trace_id=uuid(1).bytes)))
    return uuid(1)


def test_what_is_not_said_is_as_the_installation_has_it(shop, settings):
    assert kept_of(shop.pk) == Kept(30, 30)
    settings.AGENTSCOPE_RETENTION_DAYS = 0
    assert kept_of(shop.pk) == Kept(0, 0)


@pytest.mark.parametrize(
    ("payload", "metadata", "most", "kept"),
    [
        (7, None, 30, Kept(7, 30)),
        (None, 14, 30, Kept(14, 14)),
        (7, 14, 30, Kept(7, 14)),
        (7, 14, 5, Kept(5, 5)),
        (7, None, 0, Kept(7, 0)),
        (None, 14, 0, Kept(14, 14)),
    ],
)
def test_what_is_said_is_within_what_is_kept_at_all(shop, settings, payload, metadata, most, kept):
    settings.AGENTSCOPE_RETENTION_DAYS = 0
    assert set_periods(shop.pk, payload, metadata, "ada")
    settings.AGENTSCOPE_RETENTION_DAYS = most
    assert kept_of(shop.pk) == kept
    assert all_kept() == {shop.pk: kept}


def test_who_changed_it_is_told(shop):
    set_periods(shop.pk, 7, None, "ada")
    assert not set_periods(shop.pk, 7, None, "ada")
    change = the_change()
    assert change.what == "Keeps payload for 7 days and metadata as long as the installation"
    assert change.details["before"] == {"payload_days": None, "metadata_days": None}
    assert change.details["after"] == {"payload_days": 7, "metadata_days": None}


def test_payload_of_which_nothing_is_said_is_told_as_what_it_is(shop):
    set_periods(shop.pk, None, 14, "ada")
    assert the_change().what == "Keeps payload as long as metadata and metadata for 14 days"


@pytest.mark.parametrize(
    ("payload", "metadata", "name", "sentence"),
    [
        (0, None, "payload_days", "1 at least; empty: as metadata."),
        (None, -1, "metadata_days", "1 at least; empty: as the installation."),
        (None, 31, "metadata_days", "nothing longer than 30 days"),
        (8, 7, "payload_days", "cannot be kept longer than the metadata around it: 7 at most"),
    ],
)
def test_what_is_wrong_is_said(shop, payload, metadata, name, sentence):
    with pytest.raises(BadPeriods) as wrong:
        set_periods(shop.pk, payload, metadata, "ada")
    assert sentence in wrong.value.errors[name]
    assert kept_of(shop.pk) == Kept(30, 30)


def test_a_hold_is_put_and_lifted_with_a_reason(shop, stored):
    held = hold(shop.pk, stored, " a lawsuit ", "ada")
    assert [each.reason for each in holds(shop.pk)] == ["a lawsuit"]
    with pytest.raises(BadHold, match="held already, by ada"):
        hold(shop.pk, uuid(1), "another", "bea")
    with pytest.raises(BadHold, match="Say why"):
        lift(held, " ", "bea")
    lift(held, "settled", "bea")
    assert hold_of(shop.pk, uuid(1)) is None
    with pytest.raises(BadHold, match="lifted already"):
        lift(held, "settled", "bea")
    assert [(change.who, change.what.partition(" on trace")[0]) for change in noted()] == [
        ("ada", "Put a legal hold"),
        ("bea", "Lifted the legal hold"),
    ]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001])
def test_a_hold_needs_a_reason_of_some_length(shop, stored, reason):
    with pytest.raises(BadHold):
        hold(shop.pk, stored, reason, "ada")
    assert not holds(shop.pk)


def test_what_is_not_there_is_not_held(shop, stored):
    other = create_project("other")
    for project, trace in ((shop, uuid(2)), (other, stored)):
        with pytest.raises(BadHold, match="not there any more"):
            hold(project.pk, trace, "a lawsuit", "ada")
        assert not holds(project.pk)
    assert not noted()
