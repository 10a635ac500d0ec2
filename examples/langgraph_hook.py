"""LangGraph and LangChain: asks before each model call of a graph, in whatever node it is made.

Environment: AGENTSCOPE_URL, AGENTSCOPE_KEY; of the model: OPENAI_BASE_URL, OPENAI_API_KEY.
"""

import sys

from langchain.agents import create_agent
from langchain.agents.middleware import wrap_model_call
from langchain_core.callbacks import BaseCallbackHandler
from langchain_openai import ChatOpenAI

from agentscope_hook import Stopped, estimate, may_i


# --- the hook: a callback, for every graph; it can stop ---
class MayI(BaseCallbackHandler):
    raise_error = True  # or LangChain logs what a callback raises, and goes on

    def __init__(self, **about):
        self.about = about

    def on_chat_model_start(self, serialized, messages, *, metadata=None, **kwargs):
        said = metadata or {}
        about = {"agent": said.get("langgraph_node"), "model": said.get("ls_model_name")}
        may_i(**{**about, **self.about}, **estimate(messages))


# --- or as middleware, for agents of `create_agent`; it can also take the cheaper model ---
def may_i_middleware(model_of=ChatOpenAI, **about):
    @wrap_model_call
    def ask(call, handler):
        name = call.model.model_name
        answer = may_i(**about, model=name, **estimate(call.messages))
        cheaper = answer.decision == "downgrade" and answer.model
        return handler(call.override(model=model_of(model=cheaper)) if cheaper else call)

    return ask


# --- an agent that would go on for ever ---
def look_up(order: str) -> str:
    """Where an order is."""
    return "It is being looked for."


def main() -> None:
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
