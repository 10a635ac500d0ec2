"""LiteLLM's proxy: asks before each call that passes it, whoever made it.

In its configuration: `litellm_settings: {callbacks: litellm_proxy_hook.hook}`; this file and
agentscope_hook.py stand beside it. Environment: AGENTSCOPE_URL, AGENTSCOPE_KEY.
"""

from litellm.integrations.custom_logger import CustomLogger

from agentscope_hook import came_to, estimate, may_i_async


# --- the hook: callers send session and agent as metadata of the request ---
class MayI(CustomLogger):
    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        said = {**data, **(data.get("metadata") or {})}
        about = {name: said.get(name) for name in ("session", "agent", "user", "model")}
        size = estimate(data.get("messages") or data.get("input"))
        answer = await may_i_async(data["litellm_call_id"], **about, **size)
        return {**data, "model": answer.model} if answer.model else data

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        came_to(response_obj, kwargs["litellm_call_id"], kwargs.get("response_cost") or None)


hook = MayI()
