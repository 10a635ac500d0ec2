from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "agentscope.jobs"
    label = "jobs"
