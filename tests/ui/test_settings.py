"""Settings: costs, mappings with their trial, jobs and the log of changes."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agentscope.alerts.models import Rule
from agentscope.jobs.models import Job
from agentscope.jobs.write import MOST_UNFINISHED, ask
from agentscope.projects.changes import note_change
from agentscope.projects.mappings import add_mapping
from agentscope.projects.models import AttributeMapping, Project
from agentscope.vocabulary import Kind, Meaning
from tests.kit.changes import noted, the_change
from tests.ui.traces import TRACE_ID, save_trace, span

GENERAL = "/p/shop/settings/"
MAPPINGS, JOBS, CHANGES = f"{GENERAL}mappings/", f"{GENERAL}jobs/", f"{GENERAL}changes/"
AGAIN, REMOVE, CLOCK = f"{GENERAL}again/", f"{MAPPINGS}remove/", f"{GENERAL}clock/"
PAGES = [GENERAL, MAPPINGS, JOBS]
POSTS = [GENERAL, MAPPINGS, AGAIN, REMOVE, CLOCK, f"{JOBS}1/stop/"]
MAPPING = {"attribute": "acme.bot", "field": "agent"}
SPAN = f"{TRACE_ID.hex}-{1:016x}"


@pytest.fixture
def stored(project):
    """A span whose agent no dialect finds."""
    meaning = Meaning(Kind.LLM)
    sent = span(1, meaning=meaning, name="think", attributes={"acme.bot": "ada", "acme.x": "<b>"})
    return save_trace(project, sent)


@pytest.mark.parametrize("address", PAGES)
def test_it_works(client, embedded, project, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert 'aria-current="page">Settings' in answer.text


@pytest.mark.parametrize("address", PAGES)
def test_only_members_see_it(client, production, alice, charlie, address):
    assert client.get(address)["Location"].startswith("/login/")
    client.force_login(charlie)
    assert client.get(address).status_code == 404
    client.force_login(alice)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", POSTS)
def test_strangers_change_nothing(client, production, charlie, project, address):
    add_mapping(project, "a", "user", "ada")
    job = ask(project.pk, Job.Kind.UNDERSTAND, {}, "ada")
    client.force_login(charlie)
    address = address.replace("jobs/1/", f"jobs/{job.pk}/")
    assert client.post(address, MAPPING | {"policy": "computed"}).status_code == 404
    assert (AttributeMapping.objects.count(), len(noted())) == (1, 1)
    assert Job.objects.get().state == "waiting"


@pytest.mark.parametrize("address", POSTS)
def test_forms_are_safe_from_other_sites(embedded, project, address):
    assert Client(enforce_csrf_checks=True).post(address, MAPPING).status_code == 403


@pytest.mark.parametrize("address", [AGAIN, REMOVE, CLOCK, f"{JOBS}1/stop/"])
def test_nothing_changes_by_looking(client, embedded, project, address):
    assert client.get(address).status_code == 405


def test_costs_are_set_and_noted(client, production, alice, project):
    client.force_login(alice)
    said = {"policy": "computed", "attribute_1": "tenant", "attribute_3": " team "}
    answer = client.post(GENERAL, said)
    assert answer["Location"] == f"{GENERAL}?saved=costs"
    project.refresh_from_db()
    assert (project.cost_policy, project.cost_attributes) == ("computed", ["tenant", "team"])
    assert {change.who for change in noted()} == {"alice"}
    page = client.get(answer["Location"]).text
    assert 'value="tenant"' in page
    assert "price history again" in page
    assert "Understand stored spans again" in page


def test_days_and_weeks_are_set_and_noted(client, production, alice, project):
    client.force_login(alice)
    day = {"kind": "calendar", "unit": "day"}
    said = {"metric": "cost", "window": day, "condition": {}, "looked_at": "2026-01-01T00:00Z"}
    Rule.objects.create(project_id=project.pk, name="dear", **said)
    answer = client.post(CLOCK, {"time_zone": "America/New_York", "week_start": "6"})
    assert answer["Location"] == f"{GENERAL}?saved=clock"
    project.refresh_from_db()
    assert (project.time_zone, project.week_start) == ("America/New_York", 6)
    assert the_change().who == "alice"
    assert Rule.objects.get().looked_at is None  # its days are others now
    page = client.get(answer["Location"]).text
    assert 'value="America/New_York"' in page
    assert '<option value="6" selected>Sunday</option>' in page
    assert "Budgets and alerts count by these days" in page


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        ({"time_zone": "<b>Mars", "week_start": "1"}, 1),
        ({"time_zone": "UTC", "week_start": "7"}, 1),
        ({"time_zone": "U\0TC"}, 2),
        ({}, 2),
    ],
)
def test_days_that_cannot_be_say_why(client, embedded, project, said, errors):
    page = client.post(CLOCK, said).text
    assert page.count('role="alert"') == errors
    assert "<b>Mars" not in page
    project.refresh_from_db()
    assert project.time_zone == "UTC"


def test_errors_stand_beside_their_fields(client, embedded, project):
    page = client.post(GENERAL, {"policy": "free", "attribute_2": "x" * 300})
    assert page.status_code == 200
    assert page.text.count('role="alert"') == 2
    assert 'value="' + "x" * 300 in page.text
    page = client.post(GENERAL, {"policy": "computed", "attribute_2": "a\u200bb"}).text
    assert "printable characters" in page
    assert not noted()


def test_a_mapping_is_added_and_removed(client, embedded, project):
    assert client.post(MAPPINGS, MAPPING)["Location"] == f"{MAPPINGS}?changed=1"
    assert "acme.bot" in client.get(f"{MAPPINGS}?changed=1").text
    mapping = AttributeMapping.objects.get()
    assert client.post(REMOVE, {"mapping": mapping.pk}).status_code == 302
    assert not AttributeMapping.objects.exists()
    assert len(noted()) == 2


def test_a_mapping_that_cannot_be_says_why(client, embedded, project):
    client.post(MAPPINGS, MAPPING)
    assert "is mapped to agent already" in client.post(MAPPINGS, MAPPING).text
    page = client.post(MAPPINGS, {"attribute": "", "field": "shoes"}).text
    assert page.count('role="alert"') == 2
    assert AttributeMapping.objects.count() == 1


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30, "0"])
def test_a_mapping_that_is_not_there(client, embedded, project, number):
    assert client.post(REMOVE, {"mapping": number}).status_code == 404


def test_a_mapping_of_another_project_is_not_there(client, embedded, project):
    other = add_mapping(Project.objects.create(name="other"), "foreign.attribute", "user", "ada")
    assert client.post(REMOVE, {"mapping": other.pk}).status_code == 404
    assert "foreign.attribute" not in client.get(MAPPINGS).text


def trial(client, **said):
    """The pane alone."""
    headers = {"HX-Request": "true", "HX-Target": "trial"}
    return client.get(MAPPINGS, {"newest": SPAN} | said, headers=headers).text


def test_the_trial_shows_what_would_change_and_saves_nothing(client, embedded, stored):
    pane = trial(client, **MAPPING)
    assert "<html" not in pane
    assert "<strong>1</strong> field of <strong>think</strong> would be read otherwise" in pane
    assert "← acme.bot" in pane
    assert pane.count("data-differs") == 1
    assert "Add this mapping" in pane
    assert not AttributeMapping.objects.exists()


def test_the_trial_says_where_an_attribute_was_found(client, embedded, stored):
    pane = trial(client, attribute="service.name", field="agent")
    assert "is on the span&#x27;s resource" in pane
    assert "← resource service.name (mapping)" in pane
    assert '<option value="service.name">service.name: the span&#x27;s resource</option>' in pane
    assert "is on the span itself" in trial(client, **MAPPING)


def test_the_trial_works_without_script_and_by_ids(client, embedded, stored):
    said = {"trace": TRACE_ID.hex, "span": f"{1:016x}"} | MAPPING
    page = client.get(MAPPINGS, said).text
    assert "would be read otherwise" in page
    assert 'value="acme.bot"' in page
    assert SPAN in page  # among the newest


def test_the_trial_of_a_span_alone_says_what_it_means_now(client, embedded, stored):
    pane = trial(client)
    assert "With the mapping" not in pane
    assert "kind" in pane
    assert '<option value="acme.x">' in pane


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"attribute": "acme.no", "field": "agent"}, "Neither <strong>think</strong>"),
        ({"attribute": "acme.x", "field": "input_tokens"}, "would mean the same"),
        ({"attribute": "acme.x", "field": "shoes"}, "Choose one of the fields"),
        ({"attribute": "", "field": "agent"}, "Name the attribute"),
        ({"newest": f"{TRACE_ID.hex}-{9:016x}"}, "no such span"),
        ({"newest": "x-y"}, "no such span"),
        ({"newest": ""}, "Choose one of the newest spans"),
    ],
)
def test_a_trial_that_shows_nothing_says_why(client, embedded, stored, said, words):
    assert words in trial(client, **said)


def test_hostile_values_are_text(client, embedded, stored):
    pane = trial(client, attribute="acme.x", field="agent")
    assert "&lt;b&gt;" in pane
    assert "<b>" not in pane


def test_spans_of_other_projects_cannot_be_tried(client, embedded, stored):
    Project.objects.create(name="other")
    page = client.get("/p/other/settings/mappings/", {"newest": SPAN} | MAPPING).text
    assert "no such span" in page
    assert "think" not in page


def test_stored_spans_are_understood_again_when_asked(client, production, alice, project):
    client.force_login(alice)
    assert client.post(AGAIN, {"days": "7"})["Location"] == JOBS
    job = Job.objects.get()
    assert (job.kind, job.project_id, job.asked_by) == ("understand", project.pk, "alice")
    assert job.parameters["since"]
    assert the_change().what == "Asked for spans of 7 days to be understood again"
    client.post(AGAIN, {"days": ""})
    assert Job.objects.order_by("pk").last().parameters == {}
    client.post(AGAIN, {"days": "1000"})
    assert Job.objects.count() == 2


def test_jobs_with_how_far_they_are(client, embedded, project):
    job = ask(project.pk, Job.Kind.UNDERSTAND, {"since": "2026-11-01T00:00:00+00:00"}, "ada")
    Job.objects.filter(pk=job.pk).update(state="running", done=1200, total=5000)
    preview = ask(project.pk, Job.Kind.REPRICE, {}, "bob", is_preview=True)
    Job.objects.filter(pk=preview.pk).update(state="failed", message="It broke")
    page = client.get(JOBS).text
    assert "Understand stored spans again, since 2026-11-01" in page
    assert "1,200 of 5,000 spans" in page
    assert 'value="24"' in page
    assert "Price history again, preview" in page
    assert "It broke" in page


def test_polling_gets_news_only(client, embedded, project):
    job = ask(project.pk, Job.Kind.UNDERSTAND, {}, "ada")
    headers = {"HX-Request": "true", "HX-Target": "jobs"}
    seen = f"{job.pk}-waiting-0-None-0"
    assert seen in client.get(JOBS).text
    assert client.get(JOBS, {"seen": seen}, headers=headers).status_code == 204
    Job.objects.update(state="done", done=3, result={"changed_spans": 2})
    news = client.get(JOBS, {"seen": seen}, headers=headers)
    assert "3 spans read, 2 changed" in news.text
    assert "hx-get" not in news.text.split('id="jobs"')[1].split(">")[0]


def test_log_records_count_beside_spans_and_nobody_knows_how_many_are_left(
    client, embedded, project
):
    job = ask(project.pk, Job.Kind.UNDERSTAND, {}, "ada")
    result = {"changed_spans": 2, "read_logs": 1200, "changed_logs": 4}
    Job.objects.filter(pk=job.pk).update(state="running", done=50, total=50, result=result)
    page = client.get(JOBS).text
    assert "50 of 50 spans read, 2 changed; 1,200 log records read, 4 changed" in page
    assert "<progress" in page
    assert 'value="100"' not in page


def test_a_job_is_stopped_once(client, embedded, project):
    job = ask(project.pk, Job.Kind.UNDERSTAND, {}, "ada")
    for _ in range(2):
        assert client.post(f"{JOBS}{job.pk}/stop/")["Location"] == JOBS
    assert Job.objects.get().state == "stopped"
    assert the_change().what == "Stopped the job: understand stored spans again"


def test_jobs_of_other_projects_are_not_there(client, embedded, project):
    other = Project.objects.create(name="other")
    job = ask(other.pk, Job.Kind.UNDERSTAND, {}, "mallory")
    assert "mallory" not in client.get(JOBS).text
    assert client.post(f"{JOBS}{job.pk}/stop/").status_code == 404


def test_changes_are_in_the_ledger(client, embedded, project):
    note_change("project", project.pk, "ada", "Change <1>", {"after": 1})
    ledger = "/p/shop/audit/ledger/?group=changes"
    assert client.get(CHANGES).headers["Location"] == ledger
    assert f'href="{ledger}"' in client.get(GENERAL).text
    assert "Change &lt;1&gt;" in client.get(ledger).text


@pytest.mark.parametrize("address", PAGES)
def test_the_number_of_queries_does_not_grow(client, embedded, project, address):
    save_trace(project, span(1))
    add_mapping(project, "a", "user", "ada")
    ask(project.pk, Job.Kind.UNDERSTAND, {}, "ada")
    before = queries(client, address)
    save_trace(project, *[span(number) for number in range(2, 30)])
    for number in range(MOST_UNFINISHED - 1):
        add_mapping(project, f"a{number}", "user", "ada")
        ask(project.pk, Job.Kind.UNDERSTAND, {}, "ada")
    after = queries(client, address)
    assert len(after) == len(before)
    assert not any("span_payload" in sql for sql in after)


def queries(client, address):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in seen]


@pytest.mark.parametrize("address", [AGAIN, "/p/shop/prices/history/"])
def test_where_too_many_jobs_wait_no_more_are_taken(client, embedded, project, address):
    for _ in range(MOST_UNFINISHED):
        ask(project.pk, Job.Kind.UNDERSTAND, {}, "ada")
    assert "Too many jobs wait" in client.post(address, {"days": ""}, follow=True).text
    assert Job.objects.count() == MOST_UNFINISHED
