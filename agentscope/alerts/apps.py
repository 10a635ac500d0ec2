from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "agentscope.alerts"
    label = "alerts"
