"""Money, tokens, times and names in words. Unknown is "unknown", never 0."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

UNKNOWN = "unknown"
LONGEST_NAME = 160  # characters in a row: the panel has all of it
LEAST_SHOWN = Decimal("0.0001")  # US dollars
MICRO, MILLI, SECOND = 1_000, 1_000_000, 1_000_000_000  # in nanoseconds
MINUTE, HOUR, DAY = 60, 3_600, 86_400  # in seconds


def money(usd: Decimal | None) -> str:
    """US dollars: four decimals below one dollar, two above; `unknown` for None."""
    if usd is None:
        return UNKNOWN
    if usd == 0:
        return "$0"
    if 0 < usd < LEAST_SHOWN:
        return f"< ${LEAST_SHOWN}"
    return f"${usd:,.4f}" if abs(usd) < 1 else f"${usd:,.2f}"


def exact_money(usd: Decimal) -> str:
    """US dollars to the last known digit, for the one place that shows a single call."""
    return f"${usd.normalize():,f}"


def cost(known: Decimal, unpriced: int) -> str:
    """A sum of which so many charges have an unknown cost: at least what is known."""
    if not unpriced:
        return money(known)
    return at_least(known) if known else UNKNOWN


def at_least(usd: Decimal) -> str:
    """A lower bound with the decimals of `money`, or the first that is not 0. Rounded down, for
    what is rounded up would be no bound."""
    decimals = 2 if abs(usd) >= 1 else max(4, -usd.adjusted())
    return f"≥ ${usd.quantize(Decimal(1).scaleb(-decimals), ROUND_FLOOR):,f}"


def more(usd: Decimal) -> str:
    """How much more or less something costs: `+$1.20`, `-$0.0031`, `$0`."""
    sign = "+" if usd > 0 else "-" if usd < 0 else ""
    is_small = 0 < abs(usd) < LEAST_SHOWN
    return f"{sign}{exact_money(abs(usd)) if is_small else money(abs(usd))}"


def cost_note(unpriced: int) -> str:
    """Why a cost is not exact, in words; empty if it is."""
    return f"{count(unpriced, 'charge')} of unknown cost" if unpriced else ""


def tokens(number: int | None) -> str:
    """A count of tokens; `unknown` for None."""
    return UNKNOWN if number is None else f"{number:,}"


def count(number: int, noun: str) -> str:
    """`1 call`, `4 calls`, `4 entries`."""
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """A noun for several."""
    return f"{noun[:-1]}ies" if noun.endswith(("ry", "ty")) else f"{noun}s"


def some(names: Sequence[str], most: int) -> str:
    """The first names, and how many more there are: `planner, writer and 3 more`."""
    shown, left = ", ".join(names[:most]), len(names) - most
    return f"{shown} and {left:,} more" if left > 0 else shown


def short(text: str, most: int = LONGEST_NAME) -> str:
    """A text of so many characters at most; what is left out is an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def beyond(text: str, most: int) -> str:
    """How much of a text `short` leaves out; "" for nothing."""
    left = len(text) - most + 1
    return count(left, "more character") if left > 1 else ""


def duration(nanoseconds: int | None) -> str:
    """A length of time with the two units that matter; `unknown` for None."""
    if nanoseconds is None:
        return UNKNOWN
    if nanoseconds < MILLI:
        return f"{nanoseconds / MICRO:.0f} µs"
    if nanoseconds < SECOND:
        return f"{nanoseconds / MILLI:.0f} ms"
    seconds = nanoseconds / SECOND
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    return long_duration(int(seconds))


def long_duration(seconds: int) -> str:
    """At least a minute: `3 m 12 s`, `2 h 5 m`, `3 d 4 h`."""
    for size, unit, smaller, small in (
        (DAY, "d", HOUR, "h"),
        (HOUR, "h", MINUTE, "m"),
        (MINUTE, "m", 1, "s"),
    ):
        if seconds >= size:
            return f"{seconds // size} {unit} {seconds % size // smaller} {small}"
    return f"{seconds} s"


def ago(seconds: float) -> str:
    """How long before now something was: `12 s ago`; times ahead of the clock are `just now`."""
    passed = int(seconds)
    for size, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if passed >= size:
            return f"{passed // size} {unit} ago"
    return f"{passed} s ago" if passed > 1 else "just now"
