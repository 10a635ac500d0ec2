from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "agentscope.channels"
    label = "channels"
