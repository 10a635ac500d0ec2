"""Nothing more is taken before the disk is full."""

import pytest

from agentscope.retention import disk
from agentscope.retention.disk import Disk, Room, size

GIB = 1 << 30


class Readings:
    """What is free, one reading after the other; the clock is three seconds on at each question."""

    def __init__(self, *free):
        self.left, self.now, self.count = list(free), 0.0, 0

    def read(self):
        self.count += 1
        free = self.left.pop(0)
        return None if free is None else Disk(int(free), 10 * GIB)

    def clock(self):
        self.now += 3.0
        return self.now


def asked(*free):
    """Whether it is full at each reading."""
    readings, found = Readings(*free), []
    room = Room(readings.read, readings.clock)
    while readings.left:
        before = readings.count
        said = room.full()
        if readings.count > before:
            found.append(bool(said))
    return found


@pytest.fixture(autouse=True)
def limit(settings):
    settings.AGENTSCOPE_MIN_FREE_BYTES = GIB


def test_it_stops_below_the_limit_and_goes_on_well_above_it():
    free = (2, 1, 0.9, 1, 1.2, 1.25, 1.2, 0.9)
    full = (False, False, True, True, True, False, False, True)
    assert asked(*(each * GIB for each in free)) == list(full)


def test_a_disk_that_cannot_be_seen_is_not_full():
    assert asked(None, None) == [False, False]


def test_it_can_be_switched_off(settings):
    settings.AGENTSCOPE_MIN_FREE_BYTES = 0
    assert asked(0, 1) == [False, False]


def test_it_is_not_looked_up_for_each_request():
    readings = Readings(2 * GIB, 2 * GIB)
    room = Room(readings.read, readings.clock)
    for _ in range(3):
        room.full()
    assert readings.count == 2


def test_each_change_is_logged_once(caplog):
    asked(2 * GIB, GIB - 1, GIB - 2, 2 * GIB, 2 * GIB)
    assert [record.message for record in caplog.records] == [
        "The disk is nearly full: 1.1 GB free. Nothing more is taken until 1.3 GB are.",
        "There is room on the disk again: 2.1 GB free. What is sent is taken.",
    ]


def test_only_an_embedded_installation_sees_its_disk(settings, tmp_path):
    settings.AGENTSCOPE_DATA = tmp_path
    settings.AGENTSCOPE_EMBEDDED = False
    assert disk.disk() is None
    settings.AGENTSCOPE_EMBEDDED = True
    assert disk.disk().total > 0
    settings.AGENTSCOPE_DATA = tmp_path / "gone"
    assert disk.disk() is None


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (3_210_000_000, "3.2 GB"),
        (5 * 10**15, "5,000.0 TB"),
    ],
)
def test_sizes(number, said):
    assert size(number) == said
