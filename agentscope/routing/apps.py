from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "agentscope.routing"
    label = "routing"
