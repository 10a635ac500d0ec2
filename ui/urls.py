"""Every page, one line each."""

from django.contrib.auth.views import LogoutView
from django.urls import path, register_converter

from ui.converters import TraceId
from ui.views import entry, problems, trace, traces

register_converter(TraceId, "trace")

urlpatterns = [
    path("", entry.home, name="home"),
    path("login/", entry.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(next_page="/login/"), name="logout"),
    path("p/<path:project>/traces/", traces.traces, name="traces"),
    path("p/<path:project>/traces/<trace:trace_id>/", trace.trace, name="trace"),
    path("p/<path:project>/traces/<trace:trace_id>/rows/", trace.rows, name="rows"),
    path("p/<path:project>/problems/", problems.problems, name="problems"),
]
