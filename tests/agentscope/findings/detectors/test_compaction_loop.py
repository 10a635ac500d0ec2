"""Compactions that free nothing, one after another; and those that do their work."""

import pytest

from tests.kit.courses import Script

ASKED = "Summarize the conversation so far, so that it can be continued."


def sums_up(script, kept, name="compaction"):
    """A compaction after which a share of the prompt is left."""
    before = script.prompt
    with script.span(name):
        script.think("What happened so far.")
    script.prompt = int(before * kept)


def loop(kept=0.96, times=4, steps=1, name="compaction"):
    script = Script(prompt=100_000)
    with script.agent("scout", "Find the rain."):
        script.use("search", {"q": "rain"}, "Rain in the north, later in the south.")
        for number in range(times):
            sums_up(script, kept, name)
            for step in range(steps):
                script.use("look", {"at": number * 10 + step}, f"Nothing at {number}, {step}.")
    return script


def test_compactions_without_gain():
    (found,) = loop().found()
    assert (found.pattern.code, found.severity.word) == ("compaction_loop", "alert")
    assert (found.repeats, found.agent) == (4, "scout")
    assert found.sentence == (
        "The conversation was summed up 4 times with at most 2 steps between; the prompt after it "
        "had at least 95 % of the tokens of the one before."
    )


@pytest.mark.parametrize("name", ["compact_history", "ConversationSummarizer", "summarize-context"])
def test_by_other_names(name):
    assert loop(times=2, name=name).codes() == {"compaction_loop": "warning"}


def test_a_program_that_asks_the_model_for_it():
    script = Script(prompt=100_000)
    with script.agent("scout"):
        for _ in range(3):
            script.hear(ASKED)
            script.think("So far, so good.")
            script.history = script.history[:-2]
            script.prompt = 98_000
            script.use("look", {"at": script.now}, f"Nothing at {script.now}.")
    assert script.codes() == {"compaction_loop": "alert"}


@pytest.mark.parametrize(
    "script",
    [
        loop(kept=0.3, times=6),
        loop(times=1),
        loop(times=5, steps=3),
        loop(name="SummarizationMiddleware.before_model", times=1),
    ],
    ids=["they help", "one", "work between", "one of a middleware"],
)
def test_fine(script):
    assert script.codes() == {}


def test_summaries_of_many_conversations():
    script = Script(prompt=4000, grows=0)
    with script.agent("clerk"):
        for number in range(6):
            script.history = []
            script.hear(f"Summarize this conversation: {number} {'something else ' * number}")
            script.think(f"They spoke about {number}.")
    assert script.codes() == {}


def test_what_nobody_counted_is_only_a_hint():
    script = loop()
    for row in script.rows:
        row["input_tokens"] = -1
    (found,) = script.found()
    assert (found.severity.word, found.confidence) == ("info", 0.4)
    assert "not known" in found.sentence


def test_a_growing_trace_says_it_from_the_second_on():
    script = loop(times=8)
    said = {}
    for count in range(1, len(script.rows) + 1):
        for found in script.found(script.rows[:count]):
            said.setdefault(found.rows[0], []).append(found.repeats)
    ((_, repeats),) = said.items()
    assert repeats[0] == 2
    assert sorted(repeats) == repeats


@pytest.mark.parametrize(
    "name",
    [
        "ConversationSummaryBufferMemory",
        "SummarizationMiddleware.before_model",
        "context_compactor",
    ],
)
def test_by_names_of_frameworks(name):
    assert loop(times=3, name=name).codes() == {"compaction_loop": "alert"}


def asked_by_instructions(instructions, steps=1):
    """Model calls that are sent the conversation below instructions to sum it up."""
    script = Script(prompt=100_000)
    with script.agent("scout", "Find the rain."):
        for at in range(4):
            script.history = []
            script.hear(instructions, "system")
            script.hear(f"user: find the rain\nassistant: not in place {at * 7919}")
            script.think(f"It was not in place {at * 7919}.")
            script.history = []
            for step in range(steps):
                script.use("look", {"at": at * 10 + step}, f"Nothing at {at}, {step * 31}.")
    return script


@pytest.mark.parametrize(
    "instructions",
    [
        "You are a helpful assistant that summarizes conversations between users and agents.",
        "Your task is to create a detailed summary of the conversation so far.",
        "You are a context compaction assistant.",
    ],
)
def test_instructions_to_sum_up(instructions):
    assert asked_by_instructions(instructions).codes() == {"compaction_loop": "alert"}


@pytest.mark.parametrize(
    ("instructions", "steps"),
    [
        ("You summarize conversations of customers.", 0),
        ("You are a helpful assistant that summarizes conversations of customers.", 0),
        ("You are an agent. Long conversations may be summarized when the context is full.", 1),
    ],
)
def test_what_is_summed_up_is_not_the_conversation(instructions, steps):
    assert "compaction_loop" not in asked_by_instructions(instructions, steps).codes()


@pytest.mark.parametrize(("kept", "code"), [(0.96, {"compaction_loop"}), (0.45, set())])
def test_a_part_of_the_conversation_is_sent(kept, code):
    script = Script(prompt=100_000)
    with script.agent("scout", "Find the rain."):
        for at in range(4):
            script.use("look", {"at": at}, f"Nothing at {at}, {at * 31}.")
            before, script.prompt = script.prompt, 50_000
            sums_up(script, 1)
            script.prompt = int(before * kept)
    assert set(script.codes()) == code


def test_many_conversations_are_summed_up():
    script = Script(prompt=6000, grows=0)
    with script.span("batch"):
        for at in range(8):
            with script.span("summarize_conversation"):
                script.hear(f"Customer: what of {at * 7919}?")
                script.think(f"The customer asked for {at * 7919}.")
    assert "compaction_loop" not in script.codes()
