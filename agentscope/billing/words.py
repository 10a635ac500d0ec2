"""Whether and why a row is billed, in words: what pages and the API say."""

from __future__ import annotations

from agentscope.traces.tree import UNKNOWN, Row
from agentscope.vocabulary import Basis, Billing, Discarded, Why

# What the word of a row may be. `free`: counted, but costs nothing.
BILLING_WORDS = (
    *("counted", "wrapper", "duplicate", "copied", "aggregate", "free", "unpriced", "none"),
)
SENTENCES: dict[Why, str] = {
    Why.NONE: "",
    Why.SUM_OF_CALLS_BELOW: "It repeats what is counted beneath.",
    Why.MORE_THAN_CALLS_BELOW: "It reports more than the calls beneath it: only the rest is "
    "counted here, as unattributed.",
    Why.LESS_THAN_CALLS_BELOW: "It reports something else than the calls beneath it add up to: "
    "they count.",
    Why.DECLARED_ROLL_UP: "Its sender says that it repeats other spans.",
    Why.SAME_RESPONSE_ID: "The same response is counted elsewhere.",
    Why.SAME_MODEL_AND_TOKENS: "The same call is counted elsewhere: same model, tokens and time.",
    Why.SAME_TOTAL_OUTSIDE: "A total around it is counted.",
    Why.ADMINISTRATIVE: "It calls no model: it fetches or manages.",
    Why.RUNNING_TOTAL: "It may be a running total, which repeats what was counted before.",
    Why.CACHED_ANSWER: "A cache answered: nothing to pay.",
    Why.FREE_MODEL: "The model is free of charge.",
    Why.PAID_OUTSIDE: "Its price is unknown, but a span around it reports what all of it cost.",
    Why.NO_USAGE: "Its cost is unknown: no tokens were reported.",
    Why.UNKNOWN_MODEL: "Its cost is unknown: no price for model {model}.",
    Why.NO_MODEL: "Its cost is unknown: no model was named.",
    Why.NO_RATE: "Its cost is unknown: model {model} has no price for some of what was used, or "
    "for this tier of service.",
    Why.CANCELLED: "Its cost is unknown: the call was given up before the usage was known.",
    Why.HIDDEN: "Its cost is unknown: the sender hides what was used.",
    Why.SEVERAL_CALLS: "Its cost is unknown: the price of model {model} depends on the size of "
    "each call, and these are not told apart.",
    Why.NO_PRICE_AT_THE_TIME: "Its cost is unknown: model {model} had no price at the time.",
    Why.NOT_REPORTED: "Its cost is unknown: this project counts reported costs only, and its "
    "sender reported none.",
    Why.PRICE_BY_THE_HOUR: "Its cost is unknown: the price of model {model} depends on the hour.",
    Why.IMPLAUSIBLE: "Its cost is unknown: the numbers are too large to be true.",
}
AGGREGATE_SENTENCE = "A total of an unknown number of calls: nothing beneath it says more."
DISCARDED_WORDS: dict[Discarded, str] = {
    Discarded.RETRIED: "done again afterwards",
    Discarded.REJECTED: "turned down",
    Discarded.ABANDONED: "abandoned",
    Discarded.UNUSED: "not taken up",
}
BASIS_WORDS: dict[Basis, str] = {
    Basis.DECLARED: "its sender says so",
    Basis.INFERRED: "inferred from the shape of the trace",
}


def billing_word(row: Row) -> str:
    """One of BILLING_WORDS."""
    if is_unpriced(row) and not is_rest(row):
        return "unpriced"
    is_free = row.billing == Billing.FREE or row.why == Why.FREE_MODEL
    return "free" if is_free else row.billing.word


def is_unpriced(row: Row) -> bool:
    """Whether a row counts, and its cost is unknown."""
    return int(row.tree.cost[row.at]) == UNKNOWN


def is_rest(row: Row) -> bool:
    """Whether a row counts for what it reports more than the calls below it."""
    used = row.tree.billed_input[row.at] + row.tree.billed_output[row.at]
    return row.billing == Billing.WRAPPER and bool(used > 0)


def sentence_of(row: Row) -> str:
    """The sentence of a row's Why."""
    return SENTENCES[row.why].format(model=row.text("model"))


def billing_reason(row: Row) -> str:
    """Why a row is billed as it is, in a sentence or two; empty where that needs no reason."""
    said = [sentence_of(row)]
    if row.billing == Billing.AGGREGATE:
        said.insert(0, AGGREGATE_SENTENCE)
    if is_rest(row) and row.why != Why.MORE_THAN_CALLS_BELOW:
        said.insert(0, SENTENCES[Why.MORE_THAN_CALLS_BELOW])
    return " ".join(filter(None, said))


def why_unpriced(row: Row) -> str:
    """Why the cost of a row is unknown, as the rest of a sentence; empty where it is known."""
    if not is_unpriced(row):
        return ""
    said = sentence_of(row).removeprefix("Its cost is unknown: ").removesuffix(".")
    return said or "it has not been examined yet"


def discarded_reason(row: Row) -> str:
    """In one sentence that nobody used the outcome, and how that is known; else empty."""
    if row.discarded == Discarded.NONE:
        return ""
    said = DISCARDED_WORDS[row.discarded]
    return f"Discarded work: {said} ({BASIS_WORDS[row.discard_basis]})."
