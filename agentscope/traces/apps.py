from django.apps import AppConfig


class TracesConfig(AppConfig):
    name = "agentscope.traces"
    label = "traces"
