from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "agentscope.sessions"
    label = "agent_sessions"  # Django has sessions of its own
