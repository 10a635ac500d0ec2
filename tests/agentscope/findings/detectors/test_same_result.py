"""Searches that never hit; and answers that are the same for a good reason."""

import pytest

from agentscope.findings.looks_up import checks, looks_up
from agentscope.vocabulary import ErrorClass
from tests.kit.courses import Script

LONG = "There are no entries by that name in any of the places that were searched."
WALL = "Please enable JavaScript and cookies to continue to this page."
WORDS = "paper stone glass copper silver forest river mountain house window rain snow salt".split()
DONE = "Todos have been modified successfully. Please proceed with the current tasks."


def asked(at, key="q"):
    return {key: f"{at * 7919} of {at}"}


def searches(times, result, tool="search", given=asked, **said):
    script = Script(prompt=5000)
    with script.agent("scout", "Find it."):
        for at in range(times):
            told = result(at) if callable(result) else result
            script.use(tool, given(at), told, **said)
    return script


def fails(times, error, given, message="", tool="http_get"):
    """Calls that fail, each for a reason of that class."""
    script = Script(prompt=5000)
    with script.agent("scout", "Find it."):
        for at in range(times):
            told = message.format(at=at) if message else f"Failed at {at * 7919}"
            script.use(tool, given(at), told, error=error)
    return script


def page(at):
    return {"url": f"https://dead.example/{at * 31}"}


def file(at):
    return {"path": f"conf/{at * 31}.yaml"}


def of(script):
    return [each for each in script.found() if each.pattern.code == "same_result"]


@pytest.mark.parametrize(
    "result",
    [
        *({"hits": []}, [], "No results found.", LONG),
        lambda at: {"query": asked(at)["q"], "results": [], "took_ms": at * 31},
        lambda at: f"No documents match '{asked(at)['q']}'.",
        lambda at: ("No matches.", [], {"matches": []}, "0 results")[at % 4],
    ],
)
def test_other_questions_and_the_same_answer(result):
    assert searches(6, result).codes() == {"same_result": "warning"}


def test_a_dozen_is_no_search_any_more():
    (found,) = of(searches(14, WALL, "fetch_page"))
    assert found.severity.word == "alert"
    assert found.sentence == (
        "fetch_page was called 14 times with 14 different arguments and gave the same result each "
        "time."
    )


def test_tools_that_look_for_one_thing_together():
    script = Script(prompt=5000)
    with script.agent("scout", "Find it."):
        for at in range(13):
            script.use(("grep", "find_symbol", "list_references")[at * at % 3], asked(at), [])
    (found,) = of(script)
    assert found.sentence == (
        "find_symbol and grep were called 13 times with 13 different arguments and found nothing "
        "each time."
    )
    assert found.severity.word == "alert"


def test_rounds_side_by_side():
    script = Script(prompt=5000)
    with script.agent("scout", "Find it."):
        for at in range(6):
            script.together([("search", asked(at * 3 + more), []) for more in range(3)])
    (found,) = of(script)
    assert (found.repeats, len(found.rows)) == (6, 18)


@pytest.mark.parametrize(
    ("script", "where"),
    [
        (fails(13, ErrorClass.NETWORK, page), "for the same host"),
        (fails(13, ErrorClass.NOT_FOUND, file, tool="read_file"), "for the same folder or table"),
        (
            fails(
                13,
                ErrorClass.NOT_FOUND,
                lambda at: {"path": f"{at * 31}/a.yaml"},
                "404 - a.yaml does not exist",
                "read_file",
            ),
            "in the same words",
        ),
        (
            fails(13, ErrorClass.TOOL_REPORTED, file, "Error: no such file: conf/{at}", "load"),
            None,
        ),
        (
            fails(13, ErrorClass.TIMEOUT, asked, "The proxy did not answer in time", "lookup"),
            "in the same words",
        ),
    ],
    ids=["a dead host", "an empty folder", "one file everywhere", "in other words", "a proxy"],
)
def test_what_never_answers(script, where):
    found = of(script)
    if where is None:
        assert found == []
    else:
        assert found[0].severity.word == "alert"
        assert where in found[0].sentence
        assert "failed 13 times with 13 different arguments" in found[0].sentence


def test_one_success_says_that_a_host_answers():
    script = Script(prompt=5000)
    with script.agent("scout", "Find it."):
        for at in range(16):
            error = ErrorClass.NETWORK if at % 4 else ErrorClass.NONE
            script.use("http_get", page(at), f"Page {at * 31}", error=error)
    assert of(script) == []


def agents(times, answer, name="scout", changes=""):
    script = Script(prompt=5000)
    with script.agent("lead", "Find it."):
        for at in range(times):
            with script.agent(name, f"Look into {at * 7919}."):
                if changes:
                    script.use(changes, {"of": at}, "ok")
                script.think(answer)
    return script


def test_agents_that_never_find_anything():
    (found,) = of(agents(13, LONG))
    assert found.sentence.startswith("scout ran 13 times")


@pytest.mark.parametrize(
    "script",
    [
        searches(20, {"ok": True}, "check_entry"),
        searches(20, {"ok": True, "errors": [], "warnings": []}, "validate_entry"),
        searches(20, "The text is in line with all of the policies.", "moderate"),
        searches(20, [], "run_linter"),
        searches(20, "", "move_file"),
        searches(4, LONG),
        searches(20, None),
        searches(20, DONE, "TodoWrite"),
        searches(20, "Your thought has been written down for later use.", "think"),
        searches(20, "", "Bash"),
        searches(20, "The document has been stored in the collection.", "store_document"),
        searches(20, {"in_stock": False, "warehouse": "LIS"}, "get_stock"),
        searches(20, [], "get_orders", lambda at: {"customer_id": f"C-{at * 31}"}),
        searches(20, lambda at: [] if at % 3 else [f"{at * 31}"]),
        fails(20, ErrorClass.NOT_FOUND, lambda at: {"customer_id": f"C-{at * 31}"}),
        fails(
            20, ErrorClass.TOOL_REPORTED, asked, "The command ended with the exit code 1.", "Bash"
        ),
        agents(20, "It belongs to no category, so nothing has to be done.", "classifier"),
        agents(
            20, "The entry was written as it was asked for, all is well.", changes="write_entry"
        ),
        agents(20, '{"kind": "order", "is_urgent": false, "is_signed": true}'),
    ],
    ids=[
        *("a validator", "its lists", "a guard", "a linter", "writes", "a few", "unknown", "plans"),
        *("thoughts", "a shell", "a store", "a mere no", "a list of ids", "hits in between"),
        *("probes", "exit codes", "a classifier", "agents that act", "extracts"),
    ],
)
def test_fine(script):
    assert "same_result" not in script.codes()


def test_who_waits_in_between_waits_for_something():
    script = Script(prompt=5000)
    with script.agent("scout", "Watch."):
        for at in range(14):
            script.use("get_mails", asked(at), [])
            script.wait(60)
    assert of(script) == []


def test_agents_that_hand_over_answer_nothing():
    script = Script()
    with script.span("desk"):
        for at in range(12):
            with script.agent("clerk"):
                script.use("look", {"of": at}, f"{at} is {at * 31}.")
                script.think(asks=[("transfer_to_lead", {})])
    assert "same_result" not in script.codes()


@pytest.mark.parametrize(
    "name", ["search_code", "getOrder", "mcp__docs__search", "wikipedia", "run_query", "tavily"]
)
def test_names_of_tools_that_look_something_up(name):
    assert looks_up(name)
    assert not checks(name)


@pytest.mark.parametrize(
    "name",
    ["validate_order", "update_search_index", "think", "browser_scroll", "Bash", "run_linter", "x"],
)
def test_names_of_tools_that_do_not(name):
    assert not looks_up(name)


def of_a_program(answer):
    """A pipeline that has an agent go through a list."""
    script = Script(prompt=5000)
    with script.span("pipeline"):
        for at in range(13):
            with script.agent("extractor", f"Who is named in text {at * 7919}?"):
                script.think(answer)
    return script


def test_a_list_is_worked_off():
    assert of(of_a_program(LONG)) == []


def test_one_answer_asks_for_all():
    script = Script(prompt=5000)
    names = "ann bob cleo dora emil finn gina hugo iris jack karl lena mona".split()
    with script.agent("clerk"):
        script.think(asks=[("find_user", {"name": name}) for name in names])
        for name in names:
            script.call("find_user", {"name": name}, [])
    assert of(script) == []


def test_a_pattern_is_no_id():
    script = Script(prompt=5000)
    with script.agent("coder"):
        for at in range(13):
            script.use("Grep", {"pattern": f"Handler{at * 7919}", "path": "src"}, "")
    (found,) = of(script)
    assert found.severity.word == "alert"


@pytest.mark.parametrize(("hits", "level"), [(True, None), (False, "alert")])
def test_a_memory_that_misses_before_the_web_hits(hits, level):
    script = Script(prompt=5000)
    with script.agent("scout", "Find them."):
        for at in range(len(WORDS)):
            asked = {"query": f"{WORDS[at]} and {WORDS[at - 1]}"}
            script.use("search_memory", asked, [])
            page = f"Page {at * 7919} tells of {WORDS[at]} what no other does."
            script.use("search_web", asked, [page] if hits else [])
    assert script.codes().get("same_result") == level
