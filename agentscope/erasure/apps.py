from django.apps import AppConfig


class ErasureConfig(AppConfig):
    name = "agentscope.erasure"
    label = "erasure"
