from django.apps import AppConfig


class CostsConfig(AppConfig):
    name = "agentscope.costs"
    label = "costs"
