"""Other ways to run the agent of examples/langgraph_hook.py."""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor

from langchain.agents import create_agent
from langchain_core.language_models import FakeListLLM
from langchain_openai import ChatOpenAI

from agentscope_hook import Stopped
from langgraph_hook import MayI, MayIMiddleware, look_up

ASKED = {"messages": [("user", "Where is order 7?")]}


def agent(name="clerk", middleware=()):
    return create_agent(ChatOpenAI(model="gpt-4o"), [look_up], middleware=middleware, name=name)


def by(**about):
    return {"callbacks": [MayI(session="example", **about)]}


def asynchronous():
    return asyncio.run(agent().ainvoke(ASKED, by()))["messages"][-1].text


def middleware():
    ask = MayIMiddleware(session="example", agent="clerk")
    return asyncio.run(agent(middleware=[ask]).ainvoke(ASKED))["messages"][-1].text


def streamed():
    parts = agent().stream(ASKED, by(), stream_mode="messages")
    return [each.text for each, _ in parts][-1]


def several():
    """Three agents at once, each in a thread."""
    with ThreadPoolExecutor() as pool:
        running = [pool.submit(agent(name).invoke, ASKED, by()) for name in "abc"]
    for each in running:
        each.result()


def completion():
    """A model that is no chat."""
    return FakeListLLM(responses=["It is on its way."]).invoke("Where is order 7?", by())


if __name__ == "__main__":
    try:
        print("Done:", globals()[sys.argv[1]]())
    except Stopped as stop:
        print("Stopped:", stop)
