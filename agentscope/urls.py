"""Every address: machines under /v1 and /api, health under /healthz, pages everywhere else."""

from django.urls import include, path

handler500 = "ui.views.failed.failed"
urlpatterns = [
    path("v1/", include("ingest.urls")),
    path("api/", include("agentscope.api.urls")),
    path("healthz/", include("agentscope.api.health_urls")),
    path("", include("ui.urls")),
]
