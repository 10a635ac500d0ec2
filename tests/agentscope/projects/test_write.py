"""Keys that expire, and keys that take the place of others."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from agentscope.projects import read
from agentscope.projects.models import Key, Organisation, Project
from agentscope.projects.read import Access, AccessRefused, project_for
from agentscope.projects.write import BadKey, create_key, create_project, revoke_key, rotate_key
from tests.kit.changes import noted

READ, MANAGE, ADMIN, INGEST = (Key.Scope(each) for each in ("read", "manage", "admin", "ingest"))
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _production(settings, db):
    settings.AGENTSCOPE_EMBEDDED = False
    read._keys.clear()


@pytest.fixture
def shop():
    return create_project("shop")


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def refusal(secret: str, scope: Key.Scope = READ) -> str:
    """What whoever comes with the key is told; "" where it is let in."""
    try:
        project_for(Access(api_key=secret), scope)
    except AccessRefused as refused:
        return f"{refused.status} {refused.message}"
    return ""


def test_a_key_expires_though_it_is_known_already(shop, clock):
    key, secret = create_key(shop, READ, "ci", NOW + timedelta(seconds=1))
    assert refusal(secret) == ""
    clock.shift(1)
    assert refusal(secret) == (
        f"401 The key ci #{key.pk} expired at 2026-03-01 12:00 UTC. Make another one, by "
        "`manage.py create_key` or on the page Settings, Keys."
    )


def test_embedded_an_expired_key_is_as_none(shop, clock, settings):
    settings.AGENTSCOPE_EMBEDDED = True
    key, secret = create_key(shop, INGEST, "ci", NOW + HOUR)
    access = Access(api_key=secret, project="shop", host="localhost")
    assert read.admitted(access, INGEST).key == key
    clock.shift(HOUR)
    assert read.admitted(access, INGEST).key is None


@pytest.mark.parametrize("expires_at", [NOW, NOW - HOUR])
def test_a_key_that_never_works_is_not_made(shop, clock, expires_at):
    with pytest.raises(BadKey, match="to come"):
        create_key(shop, READ, "ci", expires_at)
    assert not Key.objects.exists()


def test_both_keys_work_until_the_old_one_is_over(shop, clock):
    old, first = create_key(shop, READ, "ci", NOW + 9 * HOUR, "ada")
    new, second = rotate_key(old, NOW + HOUR, "bob")
    assert (new.scope, new.label, new.created_by, new.expires_at) == (READ, "ci", "bob", None)
    assert [refusal(first), refusal(second)] == ["", ""]
    clock.shift(HOUR)
    read._keys.clear()  # what a few seconds do
    assert "expired" in refusal(first)
    assert refusal(second) == ""
    assert Key.objects.get(pk=old.pk).successor == new


def test_what_has_a_successor_or_works_no_more_gets_none(shop, clock):
    replaced, revoked, over = (create_key(shop, READ, "", NOW + HOUR)[0] for _ in range(3))
    rotate_key(replaced, NOW + HOUR, "ada")
    revoke_key(revoked)
    Key.objects.filter(pk=over.pk).update(expires_at=NOW)
    for key in (replaced, revoked, over):
        with pytest.raises(BadKey) as refused:
            rotate_key(key, NOW + HOUR, "ada")
        assert refused.value.part == "key"
    assert Key.objects.count() == 4


@pytest.mark.parametrize("until", [NOW, NOW + 3 * HOUR])
def test_the_overlap_is_to_come_and_not_longer_than_the_key(shop, clock, until):
    key, _ = create_key(shop, READ, "", NOW + 2 * HOUR)
    with pytest.raises(BadKey) as refused:
        rotate_key(key, until, "ada")
    assert refused.value.part == "works_until"


def test_what_becomes_of_a_key_is_told_without_its_secret(shop, clock):
    key, secret = create_key(shop, READ, "ci", NOW + HOUR, "ada")
    new, another = rotate_key(key, NOW + timedelta(minutes=30), "ada")
    revoke_key(new, "bob")
    revoke_key(new, "bob")
    changes = noted()
    assert sorted((change.who, change.what) for change in changes) == sorted(
        [
            ("ada", f"Made the key {key.name} to read traces, until 2026-03-01 13:00 UTC"),
            ("ada", f"Made the key {new.name} to read traces"),
            (
                "ada",
                f"Replaced the key {key.name} by {new.name}; the old one works until "
                "2026-03-01 12:30 UTC",
            ),
            ("bob", f"Revoked the key {new.name}"),
        ]
    )
    assert not any(told in str(changes) for told in (secret, another))


def test_who_manages_keys_may_what_manage_and_read_may(shop):
    _, secret = create_key(shop, ADMIN)
    assert [refusal(secret, scope) for scope in (ADMIN, MANAGE, READ)] == ["", "", ""]
    assert refusal(secret, INGEST).startswith("403")
    assert refusal(create_key(shop, MANAGE)[1], ADMIN).startswith("403")


def test_the_command_makes_a_key_that_expires(shop, capsys):
    call_command("create_key", "shop", "--expires", "2199-06-30")
    assert Key.objects.get().expires_at == datetime(2199, 6, 30, tzinfo=UTC)
    for day in ("tomorrow", "2020-01-01"):
        with pytest.raises(CommandError):
            call_command("create_key", "shop", "--expires", day)


def test_the_command_makes_a_project_of_an_organisation(capsys):
    call_command("create_organisation", "acme")
    call_command("create_project", "shop", "--organisation", "acme")
    assert Project.objects.get().organisation == Organisation.objects.get(name="acme")
    with pytest.raises(CommandError, match="no organisation"):
        call_command("create_project", "bank", "--organisation", "nobody")
    with pytest.raises(CommandError, match="printable"):
        call_command("create_organisation", "a/b")
