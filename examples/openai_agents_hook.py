"""OpenAI Agents SDK: asks before each model call of a run, whichever agent makes it.

Environment: AGENTSCOPE_URL, AGENTSCOPE_KEY; of the model: OPENAI_BASE_URL, OPENAI_API_KEY.
"""

import asyncio
import sys

from agents import (
    Agent,
    RunHooks,
    Runner,
    function_tool,
    set_default_openai_api,
    set_trace_processors,
)

from agentscope_hook import Stopped, came_to, estimate, may_i_async
from agentscope_spans import record


# --- the hook ---
class MayI(RunHooks):
    def __init__(self, **about):
        self.about = about

    async def on_llm_start(self, context, agent, system_prompt, input_items):
        model = agent.model if isinstance(agent.model, str) else None
        size = estimate([system_prompt, input_items])
        about = {"agent": agent.name, "model": model, **self.about}
        await may_i_async((id(context), agent.name), **about, **size)

    async def on_llm_end(self, context, agent, response):
        came_to(response, (id(context), agent.name))


# --- an agent that would go on for ever ---
@function_tool
def look_up(order: str) -> str:
    """Where an order is."""
    return "It is being looked for."


async def run(streamed: bool) -> str:
    clerk = Agent("clerk", model="gpt-4o", tools=[look_up])
    how = {"hooks": MayI(session="example"), "max_turns": 1000}
    if not streamed:
        return str((await Runner.run(clerk, "Where is order 7?", **how)).final_output)
    running = Runner.run_streamed(clerk, "Where is order 7?", **how)
    async for _ in running.stream_events():
        pass
    return str(running.final_output)


def main() -> None:
    set_default_openai_api("chat_completions")
    set_trace_processors([])  # nothing to OpenAI
    record("example")
    try:
        print("Done:", asyncio.run(run("streamed" in sys.argv)))
    except Stopped as stop:
        print("Stopped:", stop)


if __name__ == "__main__":
    main()
