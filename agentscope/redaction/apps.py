from django.apps import AppConfig


class RedactionConfig(AppConfig):
    name = "agentscope.redaction"
    label = "redaction"
