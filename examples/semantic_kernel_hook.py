"""Semantic Kernel: asks before each round that follows a call of a tool.

Environment: AGENTSCOPE_URL, AGENTSCOPE_KEY; of the model: OPENAI_BASE_URL, OPENAI_API_KEY.
"""

import asyncio

from openai import AsyncOpenAI
from semantic_kernel import Kernel
from semantic_kernel.agents import ChatCompletionAgent
from semantic_kernel.connectors.ai import FunctionChoiceBehavior
from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion
from semantic_kernel.filters import FilterTypes
from semantic_kernel.functions import kernel_function

from agentscope_hook import Stopped, came_to, estimate, may_i_async
from agentscope_spans import record


# --- the hook ---
def ask_before_each_round(kernel, **about):
    @kernel.filter(FilterTypes.AUTO_FUNCTION_INVOCATION)
    async def ask(context, next):
        came_to(context.chat_history.messages[-1].metadata.get("usage"))
        answer = await may_i_async(**about, **estimate(context.chat_history))
        if answer.model:
            context.execution_settings.ai_model_id = answer.model
        await next(context)


# --- an agent that would go on for ever ---
class Orders:
    @kernel_function
    def look_up(self, order: str) -> str:
        """Where an order is."""
        return "It is being looked for."


async def run() -> str:
    record("example")
    about = {"session": "example", "agent": "clerk", "model": "gpt-4o"}
    kernel = Kernel()
    ask_before_each_round(kernel, **about)
    await may_i_async(**about)  # the first call of an agent passes no filter
    behaviour = FunctionChoiceBehavior.Auto(maximum_auto_invoke_attempts=1000)
    clerk = ChatCompletionAgent(
        kernel=kernel,
        name="clerk",
        service=OpenAIChatCompletion("gpt-4o", async_client=AsyncOpenAI()),
        plugins=[Orders()],
        function_choice_behavior=behaviour,
    )
    return str(await clerk.get_response("Where is order 7?"))


def main() -> None:
    try:
        print("Done:", asyncio.run(run()))
    except Stopped as stop:
        print("Stopped:", stop)


if __name__ == "__main__":
    main()
