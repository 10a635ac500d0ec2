"""LangGraph and LangChain: asks before each model call of a graph, in whatever node it is made.

Environment: AGENTSCOPE_URL, AGENTSCOPE_KEY; of the model: OPENAI_BASE_URL, OPENAI_API_KEY.
"""

import asyncio
import sys

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware
from langchain_core.callbacks import BaseCallbackHandler
from langchain_openai import ChatOpenAI

from agentscope_hook import Stopped, came_to, estimate, may_i
from agentscope_spans import record


# --- the hook: a callback, for every graph; it can stop ---
class MayI(BaseCallbackHandler):
    raise_error = True  # or LangChain logs what a callback raises, and goes on

    def __init__(self, **about):
        self.about = about

    def on_chat_model_start(self, serialized, messages, *, run_id, metadata, **kwargs):
        agent = metadata.get("lc_agent_name") or metadata.get("langgraph_node")
        about = {"agent": agent, "model": metadata.get("ls_model_name")}
        may_i(run_id, **{**about, **self.about}, **estimate([m.pretty_repr() for m in messages[0]]))

    def on_llm_end(self, response, *, run_id, **kwargs):
        came_to(getattr(response.generations[0][0], "message", None), run_id)


# --- or as middleware, for agents of `create_agent`; it can also take the cheaper model ---
class MayIMiddleware(AgentMiddleware):
    def __init__(self, model_of=ChatOpenAI, **about):
        self.model_of, self.about = model_of, about

    def wrap_model_call(self, call, handler):
        return over(call, handler(asked(self, call)))

    async def awrap_model_call(self, call, handler):
        return over(call, await handler(await asyncio.to_thread(asked, self, call)))


# --- and what it does, in both ways ---
def asked(ask, call):
    size = estimate([each.pretty_repr() for each in call.messages])
    model = getattr(call.model, "model_name", None) or getattr(call.model, "model", None)
    cheaper = may_i(id(call), **{"model": model, **ask.about}, **size).model
    return call.override(model=ask.model_of(model=cheaper)) if cheaper else call


def over(call, reply):
    came_to(reply.result[0], id(call))
    return reply


# --- an agent that would go on for ever ---
def look_up(order: str) -> str:
    """Where an order is."""
    return "It is being looked for."


def main() -> None:
    record("example")
    about = {"session": "example", "agent": "clerk"}
    by_middleware = "middleware" in sys.argv
    middleware = [MayIMiddleware(**about)] if by_middleware else []
    agent = create_agent(ChatOpenAI(model="gpt-4o"), [look_up], middleware=middleware)
    asked = {"messages": [("user", "Where is order 7?")]}
    try:
        said = agent.invoke(asked, {"callbacks": [] if by_middleware else [MayI(**about)]})
        print("Done:", said["messages"][-1].text)
    except Stopped as stop:
        print("Stopped:", stop)


if __name__ == "__main__":
    main()
