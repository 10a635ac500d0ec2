"""Secrets at rest: unreadable without the key, readable after it was changed, hardly shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.channels.locked import CannotUnlock, hint, lock, unlock

SECRETS = {"secret": "correct horse battery", "url": "https://ä"}


@given(st.dictionaries(st.text(max_size=5), st.text()))
def test_what_was_locked_is_unlocked(secrets):
    assert unlock(lock(secrets)) == secrets


def test_nothing_of_a_secret_is_in_what_is_kept():
    locked = lock(SECRETS)
    assert "horse" not in locked
    assert lock(SECRETS) != locked  # nobody sees that two are the same


def test_an_older_key_still_unlocks_while_it_is_named(settings):
    settings.SECRET_KEY = "old"
    locked = lock(SECRETS)
    settings.SECRET_KEY = "new"
    with pytest.raises(CannotUnlock, match="AGENTSCOPE_SECRET_KEY_FALLBACKS"):
        unlock(locked)
    settings.SECRET_KEY_FALLBACKS = ["older", "old"]
    assert unlock(locked) == SECRETS
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "old", []
    assert unlock(locked) == SECRETS


def test_what_was_changed_is_not_unlocked():
    locked = lock(SECRETS)
    with pytest.raises(CannotUnlock):
        unlock(locked[:-10] + ("A" if locked[-10] != "A" else "B") + locked[-9:])


@given(st.text(max_size=40))
def test_at_most_four_characters_of_a_secret_are_shown_and_of_a_short_one_none(secret):
    shown = hint(secret)
    assert secret.endswith(shown)
    assert len(shown) == (4 if len(secret) >= 16 else 0)
