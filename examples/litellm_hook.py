"""LiteLLM's SDK: asks before each call. For its proxy: litellm_proxy_hook.py.

Environment: AGENTSCOPE_URL, AGENTSCOPE_KEY; of the model: OPENAI_BASE_URL, OPENAI_API_KEY.
"""

import asyncio
import sys

import litellm
from litellm.integrations.custom_logger import CustomLogger

from agentscope_hook import Stopped, estimate, may_i, may_i_async


# --- the hook: a callback, for asynchronous calls and a Router's ---
class MayI(CustomLogger):
    async def async_pre_call_deployment_hook(self, kwargs, call_type):
        said = {"session": "example", **(kwargs.get("metadata") or {})}
        about = {name: said.get(name) for name in ("session", "agent", "user")}
        size = estimate(kwargs.get("messages") or kwargs.get("input"))
        answer = await may_i_async(**about, model=kwargs["model"], **size)
        cheaper = answer.decision == "downgrade" and answer.model
        return {**kwargs, "model": cheaper} if cheaper else kwargs


# --- or a rule, for synchronous calls; it is told the text only ---
def rule(text):
    may_i(session="example", **estimate(text))
    return True


# --- an agent that would go on for ever ---
TOOL = {
    "name": "look_up",
    "parameters": {"type": "object", "properties": {"order": {"type": "string"}}},
}


def turn(messages: list, said) -> bool:
    """Adds what the model said, and what its tools gave. Whether it wants to go on."""
    message = said.choices[0].message
    messages.append(message.model_dump(exclude_none=True))
    for call in message.tool_calls or []:
        told = {"role": "tool", "tool_call_id": call.id, "content": "It is being looked for."}
        messages.append(told)
    return bool(message.tool_calls)


async def run(synchronous: bool) -> str:
    messages: list = [{"role": "user", "content": "Where is order 7?"}]
    how = {"model": "openai/gpt-4o", "tools": [{"type": "function", "function": TOOL}]}
    if synchronous:
        litellm.pre_call_rules = [rule]
        while turn(messages, litellm.completion(messages=messages, **how)):
            pass
    else:
        litellm.callbacks = [MayI()]
        about = {"session": "example", "agent": "clerk"}
        while turn(messages, await litellm.acompletion(messages=messages, metadata=about, **how)):
            pass
    return str(messages[-1]["content"])


def main() -> None:
    try:
        print("Done:", asyncio.run(run("synchronous" in sys.argv)))
    except Stopped as stop:
        print("Stopped:", stop)


if __name__ == "__main__":
    main()
