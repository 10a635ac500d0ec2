"""The way in: login, and from the bare address to a project."""

from django.contrib.auth.views import LoginView, redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ui.access import LAST_PROJECT, must_log_in, visible_projects

DEFAULT_PROJECT = "default"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the traces of the last project, else of the default one, else of the first."""
    if must_log_in(request):
        return redirect_to_login("/", reverse("login"))
    projects = {str(project.pk): project.name for project in visible_projects(request)}
    wanted = (projects.get(request.COOKIES.get(LAST_PROJECT, "")), DEFAULT_PROJECT)
    for name in (*wanted, *projects.values()):
        if name in projects.values():
            return redirect("traces", name)
    return render(request, "entry/no_project.html")


class Login(LoginView):
    """Name and password."""

    template_name = "entry/login.html"
    next_page = "/"
    redirect_authenticated_user = True
