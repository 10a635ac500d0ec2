from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "agentscope.inbox"
    label = "inbox"
