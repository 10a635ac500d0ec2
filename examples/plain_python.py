"""Plain Python: asks before each model call, and holds limits of its own around model and tools.

Environment: AGENTSCOPE_URL, AGENTSCOPE_KEY; of the model: OPENAI_BASE_URL, OPENAI_API_KEY.
"""

import json
import os
import secrets
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib import request

from agentscope_hook import Stopped, came_to, estimate, may_i
from agentscope_limits import CircuitOpen, Limits
from agentscope_spans import report

TRACE = secrets.token_hex(16)  # of this run
ABOUT = {"session": "example", "agent": "clerk", "model": "gpt-4o"}
INPUT, OUTPUT = Decimal("0.0000025"), Decimal("0.00001")  # USD per token, of this model


# --- the hook: around each model call ---
def guarded_model(call: Callable[..., Any], limits: Limits, messages: list[Any]) -> Any:
    limits.check()
    answer = may_i(**ABOUT, trace=TRACE, **estimate(messages))
    said = call(answer.model or ABOUT["model"], messages)
    used = said["usage"]
    usd = INPUT * used["prompt_tokens"] + OUTPUT * used["completion_tokens"]
    limits.spent(usd)
    came_to(used, usd=usd)
    return said["choices"][0]["message"]


# --- and around each call of a tool ---
def guarded_tool(tool: Callable[..., str], limits: Limits, arguments: dict[str, Any]) -> str:
    try:
        with limits.call(tool.__name__, arguments):
            return tool(**arguments)
    except CircuitOpen as rests:
        return f"Not to be had now: {rests}"


# --- an agent that would go on for ever ---
def look_up(order: str) -> str:
    """Where an order is."""
    if os.environ.get("EXAMPLE_TOOL") == "broken":
        raise ConnectionError("the warehouse does not answer")
    return "It is being looked for."


def complete(model: str, messages: list[Any]) -> Any:
    """What an OpenAI-compatible model says; AgentScope is told what it used."""
    began_ns = time.time_ns()
    order = {"type": "object", "properties": {"order": {"type": "string"}}}
    tool = {"type": "function", "function": {"name": "look_up", "parameters": order}}
    body = json.dumps({"model": model, "messages": messages, "tools": [tool]}).encode()
    key = {"authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}
    headers = {"content-type": "application/json", **key}
    url = f"{os.environ['OPENAI_BASE_URL']}/chat/completions"
    with request.urlopen(request.Request(url, body, headers), timeout=60) as answer:  # noqa: S310
        said = json.load(answer)
    report(ABOUT | {"model": model}, said["usage"], began_ns, TRACE)
    return said


def run(limits: Limits) -> str:
    messages: list[Any] = [{"role": "user", "content": "Where is order 7?"}]
    while True:
        said = guarded_model(complete, limits, messages)
        messages.append(said)
        if not said.get("tool_calls"):
            return str(said["content"])
        for call in said["tool_calls"]:
            arguments = json.loads(call["function"]["arguments"])
            try:
                result = guarded_tool(look_up, limits, arguments)
            except ConnectionError as failure:
                result = f"Error: {failure}"
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": result})


def main() -> None:
    most = {name: os.environ.get(f"EXAMPLE_{name.upper()}") for name in ("max_usd", "max_repeats")}
    limits = Limits(
        max_usd=Decimal(most["max_usd"]) if most["max_usd"] else None,
        max_repeats=int(most["max_repeats"]) if most["max_repeats"] else None,
        max_failures=3,
    )
    try:
        print("Done:", run(limits))
    except Stopped as stop:
        print("Stopped:", stop)
    print(f"Spent: ${limits.usd}")


if __name__ == "__main__":
    main()
