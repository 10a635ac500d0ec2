"""OTLP/HTTP, below /v1/: one address a signal."""

from django.urls import path

from ingest import views

urlpatterns = [
    path("traces", views.receive, {"signal": "traces"}),
    path("logs", views.receive, {"signal": "logs"}),
    path("metrics", views.receive, {"signal": "metrics"}),
    path("<path:path>", views.not_found),
    path("", views.not_found, {"path": ""}),
]
