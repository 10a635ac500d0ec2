"""What a receiver repeats of an address that is secret is not told on."""

import pytest

from agentscope.channels.hidden import without

SLACK = "https://hooks.slack.com/services/T0000ABCD/B0000ABCD/k3yOfTheHook%2B1"
PAGERS = "pagerduty://4pik3yOfPagers@1nt3grationK3y/service?region=us"
MAIL = "mailtos://ada:hunter22@mail.example.com?to=ops@example.org"


@pytest.mark.parametrize(
    ("secret", "said", "told"),
    [
        (SLACK, f"no {SLACK} here", "no … here"),
        (SLACK, "POST /services/T0000ABCD/B0000ABCD/k3yOfTheHook%2B1", "POST /…/…/…/…"),
        (SLACK, r'{"path": "\/T0000ABCD\/k3yOfTheHook+1"}', r'{"path": "\/…\/…"}'),
        (SLACK, "hooks.slack.com is 10.0.0.1", "hooks.slack.com is 10.0.0.1"),
        (PAGERS, "Failed for 4pik3yOfPagers at 1nt3grationK3y", "Failed for … at …"),
        (MAIL, "ada:hunter22 at mail.example.com", "ada:… at mail.example.com"),
        ("https://[broken/t0k3nOfNobody", "t0k3nOfNobody", "…"),
        ("correct horse battery", "the correct horse", "the correct horse"),
        ("correct horse battery", "a correct horse battery!", "a …!"),
        ("", "nothing", "nothing"),
    ],
)  # fmt: skip
def test_neither_it_nor_its_parts_are_told(secret, said, told):
    assert without(said, [secret]) == told
