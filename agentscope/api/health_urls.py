from django.urls import path

from agentscope.api import health

urlpatterns = [path("live", health.live), path("ready", health.ready)]
