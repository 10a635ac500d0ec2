"""Evidence that lies in another trace, or in another span: it is shown beside what repeats it, and
linked."""

import pytest
from django.test import Client
from django.urls import reverse

from agentscope.findings.models import Finding
from agentscope.projects.models import Project
from agentscope.traces.ids import span_hex
from agentscope.traces.models import Trace
from tests.kit.corpus import WIRE, Case, replay
from tests.kit.costs import uuid
from tests.kit.resumed import Run, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(settings):
    settings.AGENTSCOPE_EMBEDDED = True  # no passwords
    return Client(headers={"host": "localhost"})


def page_of(client: Client, code: str, project: str = "shop"):
    found = Finding.objects.get(code=code)
    place = [found.trace_id, found.fingerprint, span_hex(found.first_span)]
    return client.get(reverse("evidence", args=[project, *place]))


def test_the_first_call_is_shown_beside_the_one_that_repeats_it(client):
    shop = Project.objects.create(name="shop")
    runs = [
        Run(trace, 300 * trace).use("issue_refund", {"order": 7}, f"receipt {trace}")
        for trace in (1, 2)
    ]
    tell(*runs, project=shop.pk)
    text = page_of(client, "duplicate_side_effect").text
    assert "receipt 1" in text
    assert "receipt 2" in text
    assert "Found by 1 earlier trace:" in text
    address = reverse("trace", args=["shop", uuid(1)])
    assert f'href="{address}?span=0000000000000003"' in text
    assert f'href="{address}"' in text


def test_of_several_calls_the_one_that_repeats_is_shown(client):
    shop = Project.objects.create(name="shop")
    runs = [Run(trace, 300 * trace) for trace in (1, 2)]
    for run in runs:
        for order in (7, 8):
            run.use("issue_refund", {"order": order}, f"receipt {run.trace}-{order}")
    tell(*runs, project=shop.pk)
    text = page_of(client, "duplicate_side_effect").text
    assert "Arguments · the same" in text
    assert "receipt 1-7" in text
    assert "receipt 2-7" in text
    assert "receipt 2-8" not in text
    assert "Again: <a" in text


def test_a_tool_that_says_nothing_is_told_by_the_model_that_asked_for_it(client):
    shop = Project.objects.create(name="shop")
    replay(Case(WIRE / "openai-traceloop-loop"), shop.pk)
    text = page_of(client, "exact_repeat").text
    assert text.count("select count(*) from orders") == 2
    assert "Answer · the same" in text


def test_an_earlier_trace_that_has_expired_is_not_shown(client):
    shop = Project.objects.create(name="shop")
    runs = [Run(at, 300 * at).use("issue_refund", {"order": 7}, f"receipt {at}") for at in (1, 2)]
    tell(*runs, project=shop.pk)
    Trace.objects.filter(trace_id=uuid(1)).delete()
    answer = page_of(client, "duplicate_side_effect")
    assert answer.status_code == 200
    assert "receipt 2" in answer.text


def test_work_that_was_lost_names_the_trace_before_it(client):
    shop = Project.objects.create(name="shop")
    runs = [Run(1, failure="server"), Run(2, 300)]
    for run in runs:
        for box in range(3):
            run.use("open_box", {"box": box}, f"letter {box}")
    tell(*runs, project=shop.pk)
    text = page_of(client, "lost_state").text
    assert f'href="{reverse("trace", args=["shop", uuid(1)])}"' in text


def test_another_project_sees_nothing_of_it(client):
    shop = Project.objects.create(name="shop")
    Project.objects.create(name="other")
    runs = [Run(at, 300 * at).use("issue_refund", {"order": 7}) for at in (1, 2)]
    tell(*runs, project=shop.pk)
    assert page_of(client, "duplicate_side_effect", "other").status_code == 404
