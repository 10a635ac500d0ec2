from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "agentscope.packs"
    label = "packs"
