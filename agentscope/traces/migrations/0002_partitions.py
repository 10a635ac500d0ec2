"""The partitioned tables, and storage that does not compress what is compressed already."""

from django.db import migrations

SPAN = """
create table span (
    trace_id uuid not null,
    project_id integer not null,
    span_id bigint not null,
    started_at timestamptz not null,
    start_ns bigint not null,
    end_ns bigint not null,
    parent_id bigint,
    kind smallint not null,
    span_kind smallint not null,
    status smallint not null,
    flags integer not null,
    payload_bytes integer not null,
    input_tokens bigint,
    output_tokens bigint,
    cache_read_tokens bigint,
    cache_write_tokens bigint,
    reasoning_tokens bigint,
    call_key bigint,
    result_key bigint,
    reported_cost numeric(24, 12),
    name text not null,
    service text not null,
    scope text not null,
    agent text not null,
    model text not null,
    provider text not null,
    tool text not null,
    tool_call_id text not null,
    session text not null,
    user_name text not null,
    response_id text not null,
    error_type text not null,
    error_class text not null,
    version bytea not null,
    primary key (trace_id, project_id, span_id, started_at)
) partition by range (started_at)
"""
PAYLOAD = """
create table span_payload (
    trace_id uuid not null,
    project_id integer not null,
    span_id bigint not null,
    started_at timestamptz not null,
    envelope uuid not null,
    body bytea not null,
    primary key (trace_id, project_id, span_id, started_at)
) partition by range (started_at)
"""
LOG = """
create table span_log (
    trace_id uuid not null,
    project_id integer not null,
    digest uuid not null,
    logged_at timestamptz not null,
    time_ns bigint not null,
    span_id bigint,
    event_name text not null,
    envelope uuid not null,
    body bytea not null,
    primary key (trace_id, project_id, digest, logged_at)
) partition by range (logged_at)
"""
TABLES = ("span", "span_payload", "span_log")


class Migration(migrations.Migration):
    dependencies = [("traces", "0001_initial")]
    operations = [
        *[
            migrations.RunSQL(sql, f"drop table {name}")
            for name, sql in zip(TABLES, (SPAN, PAYLOAD, LOG), strict=True)
        ],
        migrations.RunSQL(
            "alter table span_payload alter body set storage external", migrations.RunSQL.noop
        ),
        migrations.RunSQL(
            "alter table span_log alter body set storage external", migrations.RunSQL.noop
        ),
        migrations.RunSQL(
            "alter table trace_index alter body set storage external", migrations.RunSQL.noop
        ),
        # Times that no day partition covers land here, so that nothing is refused.
        *[
            migrations.RunSQL(
                f"create table {name}_default partition of {name} default",
                f"drop table {name}_default",
            )
            for name in TABLES
        ],
    ]
