"""Reading a ledger takes as long as it is, whatever Postgres knows of it."""

import pytest
from django.db import connection

from agentscope.ledger.read import IN_ORDER, OF_KIND, Saying, each_of
from agentscope.ledger.write import append, erase

SHOP = 1


@pytest.mark.django_db
@pytest.mark.parametrize(("sql", "said"), [(IN_ORDER, [SHOP, 1]), (OF_KIND, [SHOP, "change"])])
def test_contents_are_looked_up_one_by_one(sql, said):
    """A join of rows that Postgres does not expect compares each with each."""
    with connection.cursor() as cursor:
        cursor.execute(f"explain {sql}", said)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Join" not in plan
    assert "Nested Loop" not in plan
    assert '"position" = entry."position"' in plan


@pytest.mark.django_db
def test_what_entries_of_a_kind_say_in_their_order():
    for number in range(3):
        append(SHOP, "change" if number != 1 else "other", {"salt": "", "n": number})
    append(SHOP, "change", {"n": 3})
    erase(SHOP, [2], "ann", "asked for")
    found = [(told.position, told.said["n"]) for told in each_of(SHOP, "change")]
    assert found == [(4, 2), (5, 3)]
    assert isinstance(next(each_of(SHOP, "change")), Saying)
