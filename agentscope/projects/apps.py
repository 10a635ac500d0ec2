from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import pre_delete, pre_save

from agentscope.checks import SETTINGS, check_settings


class ProjectsConfig(AppConfig):
    name = "agentscope.projects"
    label = "projects"

    def ready(self) -> None:
        from agentscope.projects import owners  # it needs models, which are ready only now

        register(check_settings, SETTINGS)
        pre_delete.connect(owners.before_deletion, sender="projects.User")
        pre_save.connect(owners.before_saving, sender="projects.User")
