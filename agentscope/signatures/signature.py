"""The signature of a step: what detectors compare, in some 65 bytes beside the span.

Made when a span is stored, from what was understood of it. What is redacted, cut or missing is
unknown: 0, NOTHING or NaN, and unknown is equal to nothing.
"""

from __future__ import annotations

from typing import Any

from agentscope.signatures.canonical import NONE, Names, bag, canonical, key_of, leaves, packed
from agentscope.signatures.declared import listed
from agentscope.signatures.echo import without_echo
from agentscope.signatures.masking import TOLD, masked
from agentscope.signatures.mentions import mentions_in, offers
from agentscope.signatures.nothing import informative, says_nothing
from agentscope.signatures.outputs import (
    Repeated,
    calls_of,
    faults_in,
    finish_of,
    is_human,
    is_plan,
    last_word,
    offered,
    reasoning_of,
    repeated,
    sums_up,
    text_of,
    unwrapped,
)
from agentscope.signatures.progress import (
    advance,
    fields,
    host_in,
    is_folder,
    is_pending,
    names_by_id,
    position,
    target,
)
from agentscope.signatures.record import MOST_COUNT, MOST_SIZE, Fact
from agentscope.signatures.remembered import remembered
from agentscope.signatures.repeatable import is_repeatable
from agentscope.signatures.sensitive import guarded, spoken
from agentscope.signatures.sketch import sketch
from agentscope.signatures.stored import pack
from agentscope.signatures.taken_out import hides
from agentscope.signatures.timeless import key_of_work
from agentscope.signatures.unknown_tools import names_no_tool
from agentscope.vocabulary import Flag, Kind, Meaning, Message, Value

UNKNOWABLE = int(Flag.REDACTED | Flag.TRUNCATED)
STEPS = frozenset({Kind.TOOL, Kind.RETRIEVAL, Kind.HANDOFF, Kind.LLM, Kind.AGENT})
# Bits of Fact: as flags they take ten times as long.
EMPTY, PENDING, IN_FOLDER, BY_ID = (
    int(fact) for fact in (Fact.EMPTY, Fact.PENDING, Fact.IN_FOLDER, Fact.BY_ID)
)
REPEATABLE, UNKNOWN_TOOL, SUMS_UP, BEGINS = (
    int(fact) for fact in (Fact.REPEATABLE, Fact.UNKNOWN_TOOL, Fact.SUMS_UP, Fact.BEGINS)
)
CALLS_TOOLS, NO_SUCH_TOOL, ANSWER_CUT, PLANS = (
    int(fact) for fact in (Fact.CALLS_TOOLS, Fact.NO_SUCH_TOOL, Fact.CUT, Fact.PLANS)
)
MS = 1000
MOST_FOR_NOTHING = 20  # tokens: an empty answer takes a few, for its marks
ONLY_REASONING, HAS_TEXT = int(Fact.ONLY_REASONING), int(Fact.HAS_TEXT)
# Finish reasons of providers that mean: cut at the limit of tokens.
CUT = frozenset("length max_tokens max_output_tokens MAX_TOKENS model_length incomplete".split())


def signature(meaning: Meaning, volatile: Names = NONE) -> bytes | None:
    """The stored RECORD of a step with what it mentions; None for what is none. `volatile` are
    names of fields, as `canonical.plain` writes them, that the project does not compare."""
    if meaning.kind not in STEPS:
        lists = offers(listed(meaning.content.output)) if meaning.kind is Kind.OTHER else b""
        said = limited({}, meaning) if meaning.step_limit else {}
        return pack(said, lists) if said or lists else None
    told = spoken(meaning)
    said = guarded(record_of(meaning, volatile), told)
    if meaning.kind == Kind.AGENT and meaning.step_limit:
        said = limited(said, meaning)
    return pack(said, mentions_in(meaning, told)) if said else None


def record_of(meaning: Meaning, volatile: Names) -> dict[str, Any]:
    """The fields of the RECORD that the content of a step tells."""
    if int(meaning.flags) & UNKNOWABLE:
        return {}
    said = of_kind(meaning, volatile)
    if meaning.retry_after:
        said["retry_after"] = min(int(meaning.retry_after * MS), MOST_SIZE)
    if meaning.error_class and meaning.error_message:
        said["fault"] = key_of_fault(meaning.error_message)
    return said


def of_kind(meaning: Meaning, volatile: Names) -> dict[str, Any]:
    """The fields that steps of its kind have."""
    if meaning.kind == Kind.LLM:
        return answer(meaning, volatile)
    return task(meaning) if meaning.kind == Kind.AGENT else action(meaning, volatile)


def limited(said: dict[str, Any], meaning: Meaning) -> dict[str, Any]:
    """The fields of a record with the turns that a run declares to take at most."""
    return said | {"limit": min(meaning.step_limit or 0, MOST_COUNT)}


def action(meaning: Meaning, volatile: Names) -> dict[str, Any]:
    """Of a call of a tool: its arguments and its result."""
    content = meaning.content
    arguments = content.arguments if content.arguments is not None else content.input
    said = asked(meaning.kind.word, meaning.tool or meaning.agent, arguments, volatile)
    came = given(content.result, content.output, arguments, volatile)
    came = came or complaint(meaning, arguments)
    facts = said.get("facts", 0) | came.get("facts", 0)
    if meaning.error_class and names_no_tool(meaning.error_type, meaning.error_message):
        facts |= UNKNOWN_TOOL
    return said | came | {"facts": facts}


def asked(kind: str, name: str, arguments: Value, volatile: Names) -> dict[str, Any]:
    """What a call asks for; nothing where it does not say."""
    if arguments is None or arguments == "":
        return {}
    form, named = canonical(arguments, volatile), fields(arguments)
    said, about, where = list(leaves(form)), target(named), host_in(arguments, named)
    text = " ".join(said)
    return {
        "call": key_of(kind, name, form),
        "bag": key_of(kind, name, bag(form)),
        "target": key_of(kind, name, about) if about else 0,
        "host": key_of("host", where) if where else 0,
        "arguments": sketch(text),
        "argument_size": min(len(text), MOST_SIZE),
        "position": position(named),
        "facts": IN_FOLDER * is_folder(about)
        | BY_ID * names_by_id(said)
        | REPEATABLE * is_repeatable(named),
    }


def given(
    result: Value, output: Value, arguments: Value = None, volatile: Names = NONE
) -> dict[str, Any]:
    """What a call gave back; nothing where it does not say. All that says "nothing found" is one,
    however it is worded."""
    value = unwrapped(result if result is not None else output)
    if value is None:
        return {}
    form = masked(without_echo(value, arguments), TOLD | volatile if volatile else TOLD)
    text = form if isinstance(form, str) else packed(form).decode()
    is_empty, named = says_nothing(form), fields(value)
    return {
        "result": key_of(None if is_empty else form),
        "output": sketch(text),
        "output_size": min(informative(form, text), MOST_SIZE),
        "advance": faults_in(value) if isinstance(value, str) else advance(named),
        "facts": EMPTY * is_empty | PENDING * is_pending(named),
    }


def complaint(meaning: Meaning, arguments: Value) -> dict[str, Any]:
    """What a call gave back that failed and says so in a message alone."""
    if not meaning.error_class or not meaning.error_message:
        return {}
    return given(meaning.error_message, None, arguments) | {"facts": 0}


def answer(meaning: Meaning, volatile: Names) -> dict[str, Any]:
    """Of a model call: what it was asked last, and what it answered."""
    content = meaning.content
    said = told(content.output_messages, offered(content.tools), volatile)
    if withholds(meaning):
        said = {"facts": said["facts"] & ~EMPTY}
    if sums_up(content.input_messages):
        said["facts"] = said.get("facts", 0) | SUMS_UP
    if begins(content.input_messages):
        said["facts"] = said.get("facts", 0) | BEGINS
    return seen(content.input_messages) | said


def withholds(meaning: Meaning) -> bool:
    """Whether an answer came without what it says: a call without arguments, or nothing at all
    though more tokens were visible than nothing takes."""
    said, usage = meaning.content.output_messages, meaning.usage
    if any(value is None for _, value in calls_of(said)):
        return True
    if not said or usage is None or text_of(said) or calls_of(said) or reasoning_of(said):
        return False
    return (usage.output or 0) - (usage.reasoning or 0) > MOST_FOR_NOTHING


def begins(messages: list[Message]) -> bool:
    """Whether a person's word is the last, and the model has said nothing before."""
    return bool(messages) and is_human(messages[-1]) and not any(map(is_models, messages))


def is_models(message: Message) -> bool:
    """Whether a message is a model's, or a tool's that it called."""
    return message.role in ("assistant", "tool")


def seen(messages: list[Message]) -> dict[str, Any]:
    """Of what a model was sent: the last message, and what people said."""
    if not messages:
        return {}
    people = [each for each in messages if is_human(each)]
    word = "" if hides(people[-1:]) else text_of(people[-1:])
    told = [each for each in messages if each.role in ("system", "developer")]
    instructions = "" if hides(told) else text_of(told)
    text = " ".join(leaves(masked([part.text or part.value for part in messages[-1].parts])))
    return {
        "call": key_of("llm", text) if text and not hides(messages[-1:]) else 0,
        "argument_size": min(len(text), MOST_SIZE),
        "system": key_of_text(instructions) if instructions else 0,
        "human": key_of_text(word) if word else 0,
        "work": key_of_work(word),
        "turns": min(len(people), MOST_COUNT),
    }


@remembered
def key_of_fault(message: str) -> int:
    """The key of the message of a failure without what varies."""
    return key_of("fault", masked(message))


@remembered
def key_of_text(text: str) -> int:
    """The key of a text that is sent again and again."""
    return key_of(text)


def told(messages: list[Message], names: set[str], volatile: Names) -> dict[str, Any]:
    """Of what a model answered: its text and the tools that it asks for."""
    if not messages:
        return {}
    text, calls = text_of(messages), calls_of(messages)
    if hides(messages):
        return {"facts": facts(messages, text, {name for name, _ in calls}, names)}
    form = [masked(text), [[name, canonical(value, volatile)] for name, value in calls]]
    again = repeated(text) if text else Repeated(0, 0)
    return {
        "result": key_of(form),
        "advance": faults_in(text),
        "asks": key_of("asks", form[1]) if calls else 0,
        "output": sketch(form[0] if text else " ".join(leaves(form[1]))),
        "output_size": min(len(text), MOST_SIZE),
        "repeats": min(again.times, MOST_COUNT),
        "unit": again.unit,
        "facts": facts(messages, text, {name for name, _ in calls}, names),
    }


def facts(messages: list[Message], text: str, calls: set[str], names: set[str]) -> int:
    """What is said of an answer beside its keys, as bits of Fact."""
    thinks, has_text = bool(reasoning_of(messages)), bool(text.strip())
    return (
        EMPTY * (not has_text and not calls and not thinks)
        | CALLS_TOOLS * bool(calls)
        | NO_SUCH_TOOL * (bool(names) and bool(calls - names))
        | ANSWER_CUT * (finish_of(messages) in CUT)
        | ONLY_REASONING * (thinks and not has_text and not calls)
        | HAS_TEXT * has_text
        | PLANS * is_plan(text)
    )


def task(meaning: Meaning) -> dict[str, Any]:
    """Of a run of an agent: what it was asked to do, and what it answered."""
    content = meaning.content
    asked_for = last_word(content.input_messages) or content.input
    said: dict[str, Any] = {}
    if asked_for:
        text = " ".join(leaves(canonical(asked_for)))
        said = {
            "call": key_of("agent", text),
            "work": key_of_work(text),
            "arguments": sketch(text),
            "argument_size": min(len(text), MOST_SIZE),
        }
    answered = text_of(content.output_messages) or content.output
    return said | given(answered or None, None)
