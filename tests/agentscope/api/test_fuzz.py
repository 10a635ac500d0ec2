"""Whatever is asked for, the answer is never a server error and always JSON."""

from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentscope.api.parameters import EXPORT, FILTERS, PAGING
from tests.agentscope.api.conftest import TRACE

ONE = f"/api/v1/traces/{TRACE.hex}"
NAMES = sorted({each.name for each in [*FILTERS, *PAGING, *EXPORT]})
CURSOR = "0001-01-01T00:00:00+23:59~" + "0" * 32
ODD = (
    "0 -1 1e400 nan 2027 2027-W01 0001-01-01 9999-12-31T23:59:59.999999Z ~ % _ \u0661 error logs"
).split()
WORDS = st.sampled_from([*ODD, "\0", "\x7f", CURSOR])
VALUES = WORDS | st.text(max_size=12)
fuzz = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize("path", ["/api/v1/traces", ONE, f"{ONE}/spans", f"{ONE}/otlp"])
@fuzz
@given(asked=st.dictionaries(st.sampled_from(NAMES), VALUES, min_size=1, max_size=2))
def test_any_query(client, stored, path, asked):
    answer = client.get(f"{path}?{urlencode(asked)}")
    assert answer.status_code in (200, 400, 404), answer.content
    assert answer["Content-Type"] == "application/json"


@fuzz
@given(trace=VALUES, span=VALUES)
def test_any_address(client, stored, trace, span):
    for tail in ("", "/spans", "/otlp", f"/spans/{quote(span, safe='')}"):
        answer = client.get(f"/api/v1/traces/{quote(trace, safe='')}{tail}")
        assert answer.status_code in (200, 404), answer.content
        assert answer["Content-Type"] == "application/json"


@fuzz
@given(
    header=st.sampled_from(
        ["authorization", "x-agentscope-key", "x-agentscope-project", "host", "origin"]
    ),
    said=VALUES,
)
def test_any_header(client, stored, header, said):
    said = said.encode("utf-8").decode("latin-1")
    answer = client.get(ONE, headers={header: said})
    assert answer.status_code in (200, 400, 404), answer.content
    assert answer["Content-Type"] == "application/json"
