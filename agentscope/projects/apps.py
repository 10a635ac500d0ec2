from django.apps import AppConfig
from django.core.checks import register

from agentscope.checks import SETTINGS, check_settings


class ProjectsConfig(AppConfig):
    name = "agentscope.projects"
    label = "projects"

    def ready(self) -> None:
        register(check_settings, SETTINGS)
