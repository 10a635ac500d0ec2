from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "agentscope.records"
    label = "records"
