import pytest
from django.urls import reverse

from agentscope.projects.models import Project
from tests.ui.traces import TRACE_ID, save_trace, small_run

LIST = "/p/shop/traces/"
PAGE = f"{LIST}{TRACE_ID.hex}/"
CLOSED = f"{PAGE}?toggle={1:016x}"
ALL = [LIST, PAGE, f"{PAGE}?span={2:016x}", CLOSED]


@pytest.fixture(autouse=True)
def run(project):
    save_trace(project, *small_run())


@pytest.mark.parametrize("address", ALL)
def test_embedded_needs_no_login(client, embedded, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ALL)
def test_production_asks_for_a_login(client, production, address):
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/login/?next=/p/shop/")


@pytest.mark.parametrize("part", ["tree", "panel"])
def test_a_page_whose_session_is_over_goes_to_the_login_as_a_whole(client, production, part):
    asks = {"HX-Request": "true", "HX-Target": part, "HX-Current-URL": f"http://testserver{PAGE}"}
    response = client.get(CLOSED, headers=asks)
    assert response.status_code == 200
    assert response.content == b""
    assert response["HX-Redirect"] == f"/login/?next={PAGE}"


@pytest.mark.parametrize("address", ALL)
def test_members_see_their_project(client, production, alice, address):
    client.force_login(alice)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ALL)
def test_to_strangers_it_does_not_exist(client, production, charlie, address):
    client.force_login(charlie)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ALL[1:])
def test_a_trace_is_not_found_in_another_project(client, embedded, address):
    Project.objects.create(name="other")
    assert client.get(address.replace("/shop/", "/other/")).status_code == 404


def test_the_switcher_offers_only_own_projects(client, production, alice):
    Project.objects.create(name="secret project")
    client.force_login(alice)
    assert "secret project" not in client.get(LIST).text


def test_pages_are_read_only(client, embedded):
    assert client.post(LIST).status_code == 405


@pytest.mark.parametrize("bad", ["0" * 31, "x" * 32, "0" * 33, "0" * 31 + "%00"])
def test_what_is_no_trace_id_is_not_found(client, embedded, bad):
    assert client.get(f"{LIST}{bad}/").status_code == 404


def test_what_is_no_name_is_not_found(client, embedded):
    assert client.get("/p/%00/traces/").status_code == 404


def test_pages_carry_the_policy_and_parts_are_kept_apart(client, embedded):
    response = client.get(PAGE)
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert "unsafe-inline" not in response["Content-Security-Policy"].replace(
        "style-src-attr 'unsafe-inline'", ""
    )
    assert "HX-Request" in response["Vary"]
    assert "no-store" in response["Cache-Control"]


def test_the_bare_address_leads_to_the_last_project(client, embedded):
    Project.objects.create(name="aardvark")
    assert client.get("/")["Location"] == "/p/aardvark/traces/"
    client.get(LIST)
    assert client.get("/")["Location"] == LIST


def test_the_bare_address_without_any_project(client, production, alice):
    alice.memberships.all().delete()
    client.force_login(alice)
    assert "No project yet" in client.get("/").text


def test_login_and_logout(client, production, alice):
    page = client.get("/login/")
    assert page.status_code == 200
    assert "do not match" in client.post("/login/", {"username": "alice", "password": "x"}).text
    entered = client.post("/login/", {"username": "alice", "password": "secret"})
    assert entered["Location"] == "/"
    assert "Log out" in client.get(LIST).text
    assert client.post("/logout/")["Location"] == "/login/"
    assert client.get(LIST).status_code == 302


def test_names_of_projects_may_hold_anything(client, embedded):
    for name in ("a/b", "a b", "ü", "a/traces"):
        Project.objects.create(name=name)
        assert client.get(reverse("traces", args=[name])).status_code == 200


@pytest.mark.parametrize("address", ["budgets/", "budgets/stops/", "alerts/", "traces/"])
def test_before_anything_has_come_pages_say_what_to_do(client, embedded, address):
    Project.objects.all().delete()
    assert client.get(f"/p/elsewhere/{address}").status_code == 404
    assert client.get(f"/p/default/{address}").status_code == 200
    assert [each.name for each in Project.objects.all()] == ["default"]


def test_with_logins_no_project_is_made_by_asking_for_it(client, production, alice):
    client.force_login(alice)
    assert client.get("/p/default/budgets/").status_code == 404
    assert not Project.objects.filter(name="default").exists()
