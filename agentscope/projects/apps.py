from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "agentscope.projects"
    label = "projects"
