import pytest

from agentscope.projects.models import Project
from agentscope.reviews.erase import erase_texts
from agentscope.reviews.models import Comment, Review
from agentscope.reviews.write import comment, review
from tests.agentscope.reviews.decided import ANN, BOB, record
from tests.kit.changes import noted
from tests.kit.costs import uuid


@pytest.fixture
def shop(db):
    return Project.objects.create(name="shop").pk


def test_what_was_written_is_erased_and_the_verdicts_stay(shop):
    for number in (1, 2):
        case = record(shop, number)
        review(case, ANN, "wrong", "Eve lives in Berlin")
        review(case, BOB, "approved", "")
        comment(case, ANN, "her name is Eve")
    other = Project.objects.create(name="other").pk
    comment(record(other), ANN, "theirs")
    assert erase_texts(shop, [uuid(1)], "dpo", "she asked for it") == 2
    assert sorted(each.text for each in Review.objects.all()) == ["", "", "", "Eve lives in Berlin"]
    assert sorted(each.text for each in Comment.objects.all()) == ["", "her name is Eve", "theirs"]
    gone = Review.objects.get(who="ann", trace_id=uuid(1))
    assert (gone.verdict, gone.salt) == ("wrong", "")
    assert gone.erased_at
    before = len(noted())
    assert erase_texts(shop, [uuid(1)], "dpo", "again") == 0
    assert len(noted()) == before


def test_the_ledger_tells_who_erased_and_why(shop):
    comment(record(shop), ANN, "her name is Eve")
    erase_texts(shop, [uuid(1)], "dpo", "she asked")
    told = [each for each in noted() if each.who == "dpo"]
    assert [each.what for each in told] == [
        "The text of 1 reviews and comments was erased: she asked"
    ]
    assert told[0].details == {"traces": [uuid(1).hex], "why": "she asked"}
