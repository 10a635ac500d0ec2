from django.apps import AppConfig


class MeterConfig(AppConfig):
    name = "agentscope.meter"
    label = "meter"
