"""LiteLLM's SDK: asks before each call. For its proxy: litellm_proxy_hook.py.

Environment: AGENTSCOPE_URL, AGENTSCOPE_KEY; of the model: OPENAI_BASE_URL, OPENAI_API_KEY.
"""

import asyncio
import sys
from contextvars import ContextVar

import litellm
from litellm.integrations.custom_logger import CustomLogger
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER

from agentscope_hook import Stopped, came_to, estimate, may_i, may_i_async
from agentscope_spans import ENDPOINT, record

CALL = ContextVar("call")  # of the rule: LiteLLM runs `ended` in a copy of its context


# --- the hook: a callback, for asynchronous calls and a Router's ---
class MayI(CustomLogger):
    async def async_pre_call_deployment_hook(self, kwargs, call_type):
        said = {"session": "example", **kwargs, **(kwargs.get("metadata") or {})}
        about = {name: said.get(name) for name in ("session", "agent", "user", "model")}
        size = estimate(kwargs.get("messages") or kwargs.get("input"))
        answer = await may_i_async(kwargs["litellm_call_id"], **about, **size)
        return {**kwargs, "model": answer.model} if answer.model else kwargs

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        came_to(response_obj, kwargs["litellm_call_id"], kwargs.get("response_cost") or None)


# --- or a rule, for synchronous calls; it is told the text only ---
def rule(text):
    CALL.set(object())
    may_i(CALL.get(), session="example", **estimate(text))
    return True


def ended(kwargs, response, began, ended):
    came_to(response, CALL.get(None), kwargs.get("response_cost") or None)


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
    own = ["otel"] if ENDPOINT else []  # LiteLLM's own spans
    if synchronous:
        litellm.pre_call_rules, litellm.success_callback = [rule], [ended, *own]
        while turn(messages, litellm.completion(messages=messages, **how)):
            pass
    else:
        litellm.callbacks = [MayI(), *own]
        goes_on = True
        while goes_on:  # metadata of its own for each call: LiteLLM notes there what it has told
            about = {"session": "example", "agent": "clerk"}
            said = await litellm.acompletion(messages=messages, metadata=about, **how)
            goes_on = turn(messages, said)
    return str(messages[-1]["content"])


async def main() -> None:
    record("example")
    try:
        print("Done:", await run("synchronous" in sys.argv))
    except Stopped as stop:
        print("Stopped:", stop)
    await GLOBAL_LOGGING_WORKER.flush()  # LiteLLM tells of calls when it has time


if __name__ == "__main__":
    asyncio.run(main())
