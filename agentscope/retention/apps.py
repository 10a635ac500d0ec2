from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "agentscope.retention"
    label = "retention"
