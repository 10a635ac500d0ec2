"""The read API, its schema and its documentation."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from agentscope.api import (
    advice,
    agents,
    circuits,
    compare,
    costs,
    decide,
    docs,
    findings,
    graph,
    lineage,
    prices,
    retries,
    search,
    sessions,
    status,
    traces,
)
from agentscope.api.lost import lost

urlpatterns = [
    path("v1/system/status", status.StatusView.as_view()),
    path("v1/search", search.SearchView.as_view()),
    path("v1/traces", traces.TracesView.as_view()),
    path("v1/traces/<str:trace_id>", traces.TraceView.as_view()),
    path("v1/traces/<str:trace_id>/spans", traces.SpansView.as_view()),
    path("v1/traces/<str:trace_id>/spans/<str:span_id>", traces.SpanView.as_view()),
    path("v1/traces/<str:trace_id>/otlp", traces.OtlpView.as_view()),
    path("v1/traces/<str:trace_id>/paths", costs.PathsView.as_view(), name="api-paths"),
    path(
        "v1/traces/<str:trace_id>/findings",
        findings.TraceFindingsView.as_view(),
        name="api-trace-findings",
    ),
    path("v1/traces/<str:trace_id>/compare", compare.CompareView.as_view(), name="api-compare"),
    path("v1/traces/<str:trace_id>/graph", graph.GraphView.as_view(), name="api-graph"),
    path("v1/traces/<str:trace_id>/retries", retries.RetriesView.as_view()),
    path("v1/traces/<str:trace_id>/lineage", lineage.LineageView.as_view()),
    path("v1/findings", findings.CausesView.as_view(), name="api-findings"),
    path("v1/findings/<str:fingerprint>", findings.CauseView.as_view()),
    path("v1/costs", costs.CostsView.as_view(), name="api-costs"),
    path("v1/costs/calls", costs.CallsView.as_view(), name="api-calls"),
    path("v1/sessions", sessions.SessionsView.as_view()),
    path("v1/sessions/<path:session>", sessions.SessionView.as_view()),
    path("v1/agents", agents.AgentsView.as_view()),
    path("v1/agents/<path:name>", agents.AgentView.as_view()),
    path("v1/circuits", circuits.CircuitsView.as_view()),
    path("v1/decide", decide.DecideView.as_view(), name="api-decide"),
    path("v1/budgets/check", decide.CheckView.as_view(), name="api-budgets-check"),
    path("v1/advice", advice.AdviceView.as_view(), name="api-advice"),
    path("v1/prices", prices.PricesView.as_view(), name="api-prices"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", docs.DocsView.as_view(), name="api-docs"),
    re_path("", lost),
]
