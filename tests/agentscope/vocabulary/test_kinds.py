"""Whether trying again can help follows from the class of an error, and from nothing else."""

import pytest

from agentscope.vocabulary import ErrorClass, Flag, Persistence


@pytest.mark.parametrize(
    ("wanted", "classes"),
    [
        (Persistence.NONE, [""]),
        (Persistence.TRANSIENT, "rate_limit timeout overloaded network server".split()),
        (
            Persistence.PERMANENT,
            "auth permission quota invalid_request not_found context_length content_filter".split(),
        ),
        (Persistence.CONTROL_FLOW, ["control_flow"]),
        (Persistence.UNKNOWN, "tool_reported validation cancelled unknown".split()),
    ],
)
def test_persistence(wanted: Persistence, classes: list[str]) -> None:
    assert [each.value for each in ErrorClass if each.persistence is wanted] == classes


def test_flags_are_single_bits_of_a_column() -> None:
    bits = [flag.value for flag in Flag]
    assert len(set(bits)) == len(bits)
    assert all(bit & (bit - 1) == 0 and bit < 1 << 31 for bit in bits)
