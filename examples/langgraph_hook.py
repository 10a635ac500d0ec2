"""LangGraph and LangChain: asks before each model call of a graph, in whatever node it is made.

Environment: AGENTSCOPE_URL, AGENTSCOPE_KEY; of the model: OPENAI_BASE_URL, OPENAI_API_KEY.
"""

import sys

from langchain.agents import create_agent
from langchain.agents.middleware import wrap_model_call
from langchain_core.callbacks import BaseCallbackHandler
from langchain_openai import ChatOpenAI

from agentscope_hook import Stopped, came_to, estimate, may_i
from agentscope_spans import record


# --- the hook: a callback, for every graph; it can stop ---
class MayI(BaseCallbackHandler):
    raise_error = True  # or LangChain logs what a callback raises, and goes on

    def __init__(self, **about):
        self.about = about

    def on_chat_model_start(self, serialized, messages, *, run_id, metadata=None, **kwargs):
        said = metadata or {}
        about = {"agent": said.get("langgraph_node"), "model": said.get("ls_model_name")}
        may_i(run_id, **{**about, **self.about}, **estimate([m.pretty_repr() for m in messages[0]]))

    def on_llm_end(self, response, *, run_id, **kwargs):
        came_to(response.generations[0][0].message.usage_metadata, run_id)


# --- or as middleware, for agents of `create_agent`; it can also take the cheaper model ---
def may_i_middleware(model_of=ChatOpenAI, **about):
    @wrap_model_call
    def ask(call, handler):
        size = estimate([each.pretty_repr() for each in call.messages])
        answer = may_i(id(call), **about, model=call.model.model_name, **size)
        cheaper = answer.decision == "downgrade" and answer.model
        reply = handler(call.override(model=model_of(model=cheaper)) if cheaper else call)
        came_to(reply.result[-1].usage_metadata, id(call))
        return reply

    return ask


# --- an agent that would go on for ever ---
def look_up(order: str) -> str:
    """Where an order is."""
    return "It is being looked for."


def main() -> None:
    record("example")
    about = {"session": "example", "agent": "clerk"}
    by_middleware = "middleware" in sys.argv
    middleware = [may_i_middleware(**about)] if by_middleware else []
    agent = create_agent(ChatOpenAI(model="gpt-4o"), [look_up], middleware=middleware)
    asked = {"messages": [("user", "Where is order 7?")]}
    try:
        said = agent.invoke(asked, {"callbacks": [] if by_middleware else [MayI(**about)]})
        print("Done:", said["messages"][-1].text)
    except Stopped as stop:
        print("Stopped:", stop)


if __name__ == "__main__":
    main()
