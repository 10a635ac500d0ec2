"""LiteLLM's proxy: asks before each call that passes it, whoever made it.

In its configuration: `litellm_settings: {callbacks: litellm_proxy_hook.hook}`; this file and
agentscope_hook.py stand beside it. Environment: AGENTSCOPE_URL, AGENTSCOPE_KEY.
"""

from fastapi import HTTPException
from litellm.integrations.custom_logger import CustomLogger

from agentscope_hook import Stopped, estimate, may_i_async


# --- the hook: callers send session and agent as metadata of the request ---
class MayI(CustomLogger):
    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        said = {"user": data.get("user"), **(data.get("metadata") or {})}
        about = {name: said.get(name) for name in ("session", "agent", "user")}
        size = estimate(data.get("messages") or data.get("input"))
        try:
            answer = await may_i_async(**about, model=data["model"], **size)
        except Stopped as stop:  # with a status that no client tries again
            raise HTTPException(403, {"error": stop.reason}) from stop
        return {**data, "model": answer.model} if answer.decision == "downgrade" else data


hook = MayI()
