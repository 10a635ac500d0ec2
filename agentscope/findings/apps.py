from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "agentscope.findings"
    label = "findings"
