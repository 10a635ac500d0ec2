"""The way in: login, and from the bare address to a project."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from agentscope.projects.read import DEFAULT_PROJECT
from ui.access import LAST_PROJECT, must_log_in, visible_projects
from ui.attempts import attempts

TOO_MANY = 429
LONGEST_NAME = 150  # characters of an account's name


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
    """Name and password. Who guesses too often has to wait."""

    template_name = "entry/login.html"
    next_page = "/"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Look at a password, unless there were too many wrong ones. Hashing it is slow."""
        if attempts.are_too_many(self.who):
            context = self.get_context_data(form=AuthenticationForm(request), too_many=True)
            return self.render_to_response(context, status=TOO_MANY)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        attempts.forget(self.who)
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        attempts.note(self.who)
        return super().form_invalid(form)

    @property
    def who(self) -> tuple[str, str]:
        """The account that is tried, and from where; behind a proxy that is the proxy."""
        name = self.request.POST.get("username", "")[:LONGEST_NAME].casefold()
        return name, self.request.META.get("REMOTE_ADDR", "")
