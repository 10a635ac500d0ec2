"""Other ways to run the agent of examples/openai_agents_hook.py."""

import asyncio
import sys

from agents import Agent, Runner, set_default_openai_api, set_trace_processors

from agentscope_hook import Stopped
from openai_agents_hook import MayI, look_up


def how():
    return {"hooks": MayI(session="example"), "max_turns": 1000}


def clerk(name="clerk", **more):
    return Agent(name, model="gpt-4o", **({"tools": [look_up]} | more))


def several():
    """Three agents at once, of one hook."""

    async def run():
        same = how()
        agents = map(clerk, "abc")
        await asyncio.gather(*(Runner.run(each, "Where is order 7?", **same) for each in agents))

    asyncio.run(run())


def handed_over():
    other = clerk("other")
    return Runner.run_sync(clerk(tools=[], handoffs=[other]), "Where?", **how()).final_output


if __name__ == "__main__":
    set_default_openai_api("chat_completions")
    set_trace_processors([])
    try:
        print("Done:", globals()[sys.argv[1]]())
    except Stopped as stop:
        print("Stopped:", stop)
