"""Other ways to call by LiteLLM with the hook of examples/litellm_hook.py."""

import asyncio
import sys

import litellm
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER

from agentscope_hook import Stopped
from litellm_hook import TOOL, MayI, turn

HOW = {"model": "openai/gpt-4o", "tools": [{"type": "function", "function": TOOL}]}


def messages():
    return [{"role": "user", "content": "Where is order 7?"}]


def about(agent):
    """How a call is made, by whom."""
    return HOW | {"metadata": {"agent": agent}}


async def streamed(**how):
    said = messages()
    goes_on = True
    while goes_on:
        how = about("clerk") | how
        stream = await litellm.acompletion(messages=said, stream=True, **how)
        parts = [each async for each in stream]
        goes_on = turn(said, litellm.stream_chunk_builder(parts, messages=said))
    return said[-1]["content"]


async def counted():
    return await streamed(stream_options={"include_usage": True})


async def routed():
    mine = {"model_name": "mine", "litellm_params": {"model": HOW["model"]}}
    router = litellm.Router([mine], num_retries=2)
    said = messages()
    how = about("clerk") | {"model": "mine"}
    while turn(said, await router.acompletion(messages=said, **how)):
        pass
    return said[-1]["content"]


async def several():
    """Three agents at once."""

    async def run(name):
        said = messages()
        while turn(said, await litellm.acompletion(messages=said, **about(name))):
            pass

    await asyncio.gather(*map(run, "abc"))


async def main():
    litellm.callbacks = [MayI()]
    try:
        print("Done:", await globals()[sys.argv[1]]())
    except Stopped as stop:
        print("Stopped:", stop)
    await GLOBAL_LOGGING_WORKER.flush()


if __name__ == "__main__":
    asyncio.run(main())
