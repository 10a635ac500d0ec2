"""Agents that only the tool names through which they were asked."""

from textwrap import dedent

from agentscope.traces.delegates import also
from agentscope.traces.grow import grow
from agentscope.vocabulary import Flag, Kind
from tests.kit.drawing import drawing, drawn, spans


def paths(text: str) -> str:
    return drawing(grow(drawn(dedent(text))), "path")


def test_what_is_inside_a_delegation_is_the_coworker_s():
    assert paths("""\
        agent writer
          tool delegate_work_to_coworker agent=checker
            llm chat
          llm chat""") == dedent("""\
        agent writer writer
          tool delegate_work_to_coworker writer
            llm chat writer/checker
          llm chat writer""")


def test_a_span_of_the_coworker_itself_is_no_second_one():
    assert paths("""\
        agent writer
          tool ask_question_to_coworker agent=checker
            chain task
              agent checker
                llm chat""").endswith("llm chat writer/checker")


def test_a_tool_that_names_its_own_agent_hands_nothing_on():
    told = "agent writer\n  tool task agent=Writer\n    llm chat"
    assert paths(told).endswith("llm chat writer")


def test_any_other_tool_belongs_to_its_caller():
    told = "agent writer\n  tool search agent=checker\n    llm chat"
    assert paths(told).endswith("llm chat writer")


def test_who_was_asked_took_part_even_if_no_span_tells_of_it():
    told = spans({"kind": Kind.TOOL, "tool": "delegate_work_to_coworker", "agent": "checker"})
    assert also(["writer"], told) == ["writer", "checker"]
    assert also(["checker"], told) == ["checker"]


def test_a_sub_agent_of_which_only_logs_tell():
    flags = int(Flag.FROM_LOGS)
    told = f"agent main flags={flags}\n  llm chat agent=explorer flags={flags}\n  llm chat"
    assert paths(told) == dedent("""\
        agent main main
          llm chat main/explorer
          llm chat main""")
