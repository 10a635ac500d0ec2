"""Other ways to run the agent of examples/semantic_kernel_hook.py."""

import asyncio
import sys

from openai import AsyncOpenAI
from semantic_kernel import Kernel
from semantic_kernel.agents import ChatCompletionAgent
from semantic_kernel.connectors.ai import FunctionChoiceBehavior
from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion

from agentscope_hook import Stopped
from semantic_kernel_hook import Orders, ask_before_each_round


def agent(name="clerk"):
    kernel = Kernel()
    ask_before_each_round(kernel, session="example", agent=name, model="gpt-4o")
    return ChatCompletionAgent(
        kernel=kernel,
        name=name,
        service=OpenAIChatCompletion("gpt-4o", async_client=AsyncOpenAI()),
        plugins=[Orders()],
        function_choice_behavior=FunctionChoiceBehavior.Auto(maximum_auto_invoke_attempts=1000),
    )


async def streamed():
    return [str(each) async for each in agent().invoke_stream("Where is order 7?")][-1]


async def several():
    """Three agents at once, each with a kernel of its own."""
    await asyncio.gather(*(agent(name).get_response("Where is order 7?") for name in "abc"))


if __name__ == "__main__":
    try:
        print("Done:", asyncio.run(globals()[sys.argv[1]]()))
    except Stopped as stop:
        print("Stopped:", stop)
