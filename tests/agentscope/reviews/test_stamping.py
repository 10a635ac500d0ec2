import pytest

from agentscope.reviews.stamping import HASTY, LEAST, NEARLY_ALL, Odd, odd


@pytest.mark.parametrize(
    ("seen", "seconds", "unread", "found"),
    [
        (LEAST, HASTY - 1, 1.0, [Odd.HASTY, Odd.UNREAD]),
        (LEAST - 1, 0.0, 1.0, []),
        (LEAST, HASTY, NEARLY_ALL, [Odd.UNREAD]),
        (LEAST, HASTY - 1, NEARLY_ALL - 0.1, [Odd.HASTY]),
        (LEAST, HASTY, NEARLY_ALL - 0.1, []),
        (0, None, None, []),
    ],
)
def test_what_is_odd_is_told_of_enough_reviews(seen, seconds, unread, found):
    assert odd(seen, seconds, unread) == found
