"""A recorded run, replayed: the same spans, now, under other trace ids."""

import time

import pytest
from django.core.management import CommandError, call_command

from agentscope.inbox.models import Inbox
from agentscope.projects.models import Key
from agentscope.projects.write import create_key, create_project
from ingest.demo import Rerun, logs_of, read, signal_of, spans_of
from ingest.otlp import decode_traces
from tests.kit.otlp import PROTOBUF
from tests.kit.postgres import ROOT

FOLDER = ROOT / "tests" / "wire"
MINUTE = 60 * 10**9


def replayed(case: str, salt: bytes):
    files = sorted((FOLDER / case).glob("*.traces.*"))
    rerun = Rerun(files, salt)
    return [span for file in files for span in decode_traces(rerun.body(file), PROTOBUF).items]


def test_it_ends_now_and_keeps_its_length():
    told = [
        s
        for f in sorted((FOLDER / "openai-otel-v2").glob("*.traces.pb"))
        for s in spans_of(read(f))
    ]
    spans = replayed("openai-otel-v2", b"1")
    assert abs(max(span.end_ns for span in spans) - time.time_ns()) < MINUTE
    lengths = [span.end_ns - span.start_ns for span in spans]
    assert lengths == [span.end_time_unix_nano - span.start_time_unix_nano for span in told]


def test_each_rerun_is_a_trace_of_its_own():
    first, second = (replayed("openai-otel-v2", salt) for salt in (b"1", b"2"))
    assert [span.span_id for span in first] == [span.span_id for span in second]
    assert {span.trace_id for span in first}.isdisjoint(span.trace_id for span in second)


def test_bodies_in_json_are_replayed_too():
    assert replayed("mastra-otel-loop", b"1")


def test_log_records_keep_to_their_spans():
    files = sorted((FOLDER / "semantic-kernel-native").glob("*.*.pb"))
    files = [file for file in files if signal_of(file) != "metrics"]
    rerun = Rerun(files, b"1")
    seen = {signal_of(file): set() for file in files}
    for file in files:
        request = read(file)
        for record in spans_of(request) if signal_of(file) == "traces" else logs_of(request):
            rerun.renew(record)
            seen[signal_of(file)].add(record.trace_id)
    assert seen["logs"] - {b""} <= seen["traces"]


def test_without_samples_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr("ingest.management.commands.demo.SAMPLES", tmp_path)
    with pytest.raises(CommandError, match="no sample traces"):
        call_command("demo")


@pytest.mark.django_db(transaction=True)
def test_where_programs_show_a_key_it_wants_one(live_server, settings, monkeypatch, tmp_path):
    (tmp_path / "one").symlink_to(FOLDER / "openai-otel-v2")
    monkeypatch.setattr("ingest.management.commands.demo.SAMPLES", tmp_path)
    settings.AGENTSCOPE_EMBEDDED = False
    key, secret = create_key(create_project("shop"), Key.Scope.INGEST)
    with pytest.raises(CommandError, match="name one by --key"):
        call_command("demo", url=live_server.url, project="shop")
    call_command("demo", url=live_server.url, project="shop", key=secret)
    assert Inbox.objects.filter(project_id=key.project_id).exists()
