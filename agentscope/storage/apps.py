from django.apps import AppConfig


class StorageConfig(AppConfig):
    name = "agentscope.storage"
    label = "storage"
