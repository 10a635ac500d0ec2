from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "agentscope.search"
    label = "search"
