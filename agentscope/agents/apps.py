from django.apps import AppConfig


class AgentsConfig(AppConfig):
    name = "agentscope.agents"
    label = "agents"
