"""Every page, one line each."""

from django.contrib.auth.views import LogoutView
from django.urls import path, register_converter

from ui.converters import Name, TraceId
from ui.views import (
    agents,
    aliases,
    connections,
    costs,
    detectors,
    entry,
    findings,
    health,
    jobs,
    mappings,
    prices,
    problems,
    redaction,
    repricing,
    sessions,
    settings,
    tools,
    trace,
    traces,
    unpriced,
    volatile,
)

register_converter(Name, "name")
register_converter(TraceId, "trace")

urlpatterns = [
    path("", entry.home, name="home"),
    path("login/", entry.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(next_page="/login/"), name="logout"),
    path("p/<path:project>/traces/", traces.traces, name="traces"),
    path("p/<path:project>/traces/<trace:trace_id>/", trace.trace, name="trace"),
    path("p/<path:project>/traces/<trace:trace_id>/rows/", trace.rows, name="rows"),
    path("p/<path:project>/traces/<trace:trace_id>/costs/", costs.trace_costs, name="trace_costs"),
    path("p/<path:project>/traces/<trace:trace_id>/retries/", connections.retries, name="retries"),
    path("p/<path:project>/traces/<trace:trace_id>/lineage/", connections.lineage, name="lineage"),
    path(
        "p/<path:project>/traces/<trace:trace_id>/findings/<trace:fingerprint>/<str:span_id>/",
        findings.evidence,
        name="evidence",
    ),
    path("p/<path:project>/findings/", findings.findings, name="findings"),
    path("p/<path:project>/findings/health/", health.health, name="health"),
    path("p/<path:project>/findings/<trace:fingerprint>/", findings.cause, name="cause"),
    path("p/<path:project>/costs/", costs.costs_page, name="costs"),
    path("p/<path:project>/prices/", prices.price_list, name="prices"),
    path("p/<path:project>/prices/set/", prices.edit_price, name="set-price"),
    path("p/<path:project>/prices/remove/", prices.drop_price, name="remove-price"),
    path("p/<path:project>/prices/names/", aliases.edit_alias, name="set-alias"),
    path("p/<path:project>/prices/names/remove/", aliases.drop_alias, name="remove-alias"),
    path("p/<path:project>/prices/unpriced/", unpriced.unpriced_models, name="unpriced"),
    path("p/<path:project>/prices/history/", repricing.reprice, name="reprice"),
    path("p/<path:project>/prices/history/<int:pk>/", repricing.repricing, name="repricing"),
    path("p/<path:project>/sessions/", sessions.sessions, name="sessions"),
    path("p/<path:project>/sessions/<name:session>/", sessions.session, name="session"),
    path("p/<path:project>/agents/", agents.agents, name="agents"),
    path("p/<path:project>/agents/<name:name>/", agents.agent, name="agent"),
    path("p/<path:project>/problems/", problems.problems, name="problems"),
    path("p/<path:project>/settings/", settings.general, name="settings"),
    path("p/<path:project>/settings/again/", settings.understand_again, name="understand-again"),
    path("p/<path:project>/settings/mappings/", mappings.mappings, name="mappings"),
    path(
        "p/<path:project>/settings/mappings/remove/", mappings.drop_mapping, name="remove-mapping"
    ),
    path("p/<path:project>/settings/detectors/", detectors.detectors, name="detectors"),
    path("p/<path:project>/settings/detectors/fields/", volatile.fields, name="volatile"),
    path("p/<path:project>/settings/tools/", tools.tools, name="tools"),
    path("p/<path:project>/settings/tools/effects/", tools.tool_effects, name="tool-effects"),
    path("p/<path:project>/settings/tools/remove/", tools.drop_tools, name="remove-tools"),
    path("p/<path:project>/settings/redaction/", redaction.redaction, name="redaction"),
    path(
        "p/<path:project>/settings/redaction/add/",
        redaction.add_own_rule,
        name="add-redaction-rule",
    ),
    path(
        "p/<path:project>/settings/redaction/remove/",
        redaction.drop_own_rule,
        name="remove-redaction-rule",
    ),
    path("p/<path:project>/settings/redaction/stored/", redaction.redact_all, name="redact-stored"),
    path("p/<path:project>/settings/jobs/", jobs.jobs, name="jobs"),
    path("p/<path:project>/settings/jobs/<int:pk>/stop/", jobs.stop_job, name="stop-job"),
    path("p/<path:project>/settings/changes/", jobs.changes, name="changes"),
]
