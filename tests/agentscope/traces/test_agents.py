"""Which agent a span belongs to."""

from textwrap import dedent

from agentscope.traces.grow import grow
from agentscope.vocabulary import Flag, Kind
from tests.kit.drawing import drawing, drawn, spans
from tests.kit.spans import NOON

SCOPE = "scope=openinference.instrumentation.langchain"


def paths(text: str) -> str:
    return drawing(grow(drawn(dedent(text))), "path")


def test_it_works():
    assert paths("agent a\n  chain step\n    llm chat\n  agent b\n    tool t") == dedent("""\
        agent a a
          chain step a
            llm chat a
          agent b a/b
            tool t a/b""")


def test_one_agent_told_twice_is_one():
    assert paths("agent fx_agent\n  agent FX-Agent\n    llm chat").endswith("llm chat fx_agent")


def test_an_agent_that_calls_itself_by_a_tool_is_called_again():
    assert paths("agent a\n  tool ask\n    agent a\n      llm chat").endswith("llm chat a/a")


def test_what_a_span_says_of_itself_counts_where_no_agent_is_above():
    assert paths("chain run\n  llm chat agent=b") == "chain run -\n  llm chat b"
    assert paths("agent a\n  llm chat agent=b").endswith("llm chat a")


def test_a_name_that_openlit_makes_up_is_none():
    made = {"kind": Kind.OTHER, "name": "create_agent default", "agent": "default"}
    assert drawing(grow(spans(made | {"scope": "openlit.otel.tracing"})), "path").endswith(" -")
    assert drawing(grow(spans(made)), "path").endswith(" default")


def test_a_step_does_not_start_an_agent_nor_does_one_without_a_name():
    assert paths("chain run agent=b\n  llm chat") == "chain run -\n  llm chat -"
    assert paths("agent run agent=\n  llm chat") == "agent run -\n  llm chat -"


def test_an_agent_without_a_name_that_holds_one_with_a_name_is_not_named_by_its_tool():
    told = "agent a\n  tool ask\n    agent run agent=\n      agent b\n        llm chat"
    assert paths(told).endswith("agent run a\n      agent b a/b\n        llm chat a/b")
    assert paths("agent a\n  tool ask\n    agent run agent=").endswith("agent run a/ask")


def graph(text: str) -> str:
    """The paths of a LangGraph run."""
    lines = [line + f" {SCOPE}" for line in dedent(text).strip().splitlines()]
    return drawing(grow(drawn("\n".join(lines))), "path")


def test_nodes_of_a_graph_in_which_models_are_called_are_agents():
    assert graph("""
        chain approval
          chain __start__
          chain legal
            llm chat
          chain tools
            tool file
        """) == dedent("""\
        chain approval -
          chain __start__ -
          chain legal legal
            llm chat legal
          chain tools -
            tool file -""")


def test_the_inner_nodes_of_an_agent_make_their_graph_the_agent():
    assert graph("""
        chain searcher
          agent model
            llm chat
          chain tools
            tool search
        """) == dedent("""\
        agent searcher searcher
          chain model searcher
            llm chat searcher
          chain tools searcher
            tool search searcher""")


def test_an_agent_that_only_leads_to_others_is_a_step():
    assert graph("agent team\n  agent call_agent\n    agent writer\n      llm chat") == dedent("""\
        chain team -
          chain call_agent -
            agent writer writer
              llm chat writer""")


def test_a_run_told_beside_its_step():
    told = drawn("chain g\n  agent researcher\n  chain step\n    llm chat")
    told.name[2] = "execute_task researcher"
    told.scope = [SCOPE.removeprefix("scope=")] * 4
    assert drawing(grow(told), "path").endswith("llm chat researcher")


def test_chains_of_langchain_without_a_graph_are_no_agents():
    assert graph("chain RunnableSequence\n  chain RunnableParallel\n    llm chat").endswith(
        "chat -"
    )


def test_beside_a_start_there_are_nodes_only_so_a_capital_names_an_agent_too():
    told = "chain LangGraph\n  chain {}\n  chain Alice\n    chain Alice\n      llm chat"
    assert graph(told.format("__start__")).endswith("llm chat Alice")
    assert graph(told.format("prompt")).endswith("llm chat -")


def test_the_path_of_a_very_long_chain_of_agents_ends_somewhere():
    chain = [{"kind": Kind.AGENT, "agent": f"a{at}", "parent_id": at} for at in range(100)]
    tree = grow(spans(*chain))
    assert tree.row(50).text("path").endswith("/a49/a50")
    assert tree.row(51).text("path").endswith("/a50/…")
    assert tree.row(99).text("path") == tree.row(51).text("path")
    assert tree.row(99).text("agent") == "a99"


def test_an_agent_without_a_name_goes_by_the_tool_that_called_it():
    assert paths("agent cook\n  tool shopper\n    agent run agent=\n      llm chat").endswith(
        "llm chat cook/shopper"
    )


def functions(text: str) -> str:
    """The paths of a run of Vercel's AI SDK, versions 3 to 6."""
    lines = [f"{line} scope=ai" for line in dedent(text).strip().splitlines()]
    return drawing(grow(drawn("\n".join(lines))), "path")


def test_a_named_function_that_calls_tools_or_models_again_is_an_agent():
    assert functions("""
        chain ai.generateText agent=desk
          llm doGenerate agent=desk
          tool stock agent=desk
        """) == dedent("""\
        agent ai.generateText desk
          llm doGenerate desk
          tool stock desk""")
    inside = "chain ai.generateText agent=desk\n  llm doGenerate\n    tool stock"
    assert functions(inside).startswith("agent ai.generateText desk\n")
    twice = "chain ai.streamText agent=desk\n  llm doStream\n  llm doStream"
    assert functions(twice).startswith("agent ai.streamText desk\n")


def test_a_named_function_that_works_for_another_is_an_agent():
    assert functions("""
        chain ai.generateText agent=editor
          llm doGenerate agent=editor
          tool askChecker agent=editor
            chain ai.generateText agent=checker
              llm doGenerate agent=checker
        """).endswith("llm doGenerate editor/checker")


def test_a_named_function_that_makes_one_call_is_a_step_whose_call_has_a_name():
    single = "chain ai.generateText agent=title\n  llm doGenerate agent=title"
    assert functions(single) == "chain ai.generateText -\n  llm doGenerate title"


def test_a_function_without_a_name_is_a_step_of_the_agent_around_it():
    nameless = """
        chain ai.generateText agent=desk
          tool stock
            chain ai.generateText
              llm doGenerate
        """
    assert functions(nameless).endswith("llm doGenerate desk")


def test_steps_of_other_scopes_are_no_functions():
    assert paths("chain run agent=a\n  llm one\n  llm two").startswith("chain run -")


def test_what_is_marked_as_of_langgraph_is_so_in_any_scope():
    lines = ["chain flow", "  chain writer", "    llm chat", "  chain critic", "    llm chat"]
    marked = "\n".join(f"{line} flags={int(Flag.GRAPH)}" for line in lines)
    assert paths(marked) == dedent("""\
        chain flow -
          chain writer writer
            llm chat writer
          chain critic critic
            llm chat critic""")
    assert paths("\n".join(lines)).endswith("llm chat -")


def test_a_node_that_runs_an_agent_acts_as_it_where_its_span_stands_beside():
    told = f"""
        agent team
          llm chat
          agent call_agent end_ns={NOON + 10**10}
            llm chat
          agent writer
            agent model
        """
    assert graph(told) == dedent("""\
        agent team team
          llm chat team
          chain call_agent team/writer
            llm chat team/writer
          agent writer team/writer
            chain model team/writer""")


def test_a_node_that_runs_an_agent_is_a_step():
    told = """
        chain writer
          chain call_agent
            agent writer
              llm chat
        """
    assert graph(told) == dedent("""\
        chain writer -
          chain call_agent -
            agent writer writer
              llm chat writer""")


def test_a_node_whose_calls_are_those_of_an_agent_in_it_is_a_step():
    told = "chain approval\n  chain legal\n    agent lawyer\n      llm chat"
    assert graph(told).endswith("chain legal -\n    agent lawyer lawyer\n      llm chat lawyer")
