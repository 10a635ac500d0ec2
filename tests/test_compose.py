"""docker-compose.yml holds together. `tests/stack/test_production.py` runs its commands."""

import re

import psycopg
import pytest

from tests.kit.postgres import ROOT, throw_away_folder
from tests.kit.production import COMPOSE, OURS, postgres_server

SERVICES = COMPOSE["services"]
IMAGE_OF_OURS = {"migrate", *OURS}


def test_all_services_are_there():
    assert set(SERVICES) == IMAGE_OF_OURS | {"postgres", "redis"}


def test_ours_share_one_image_and_one_environment():
    assert {SERVICES[name]["image"] for name in IMAGE_OF_OURS} == {"agentscope"}
    assert all(
        SERVICES[name]["environment"] == SERVICES["web"]["environment"] for name in IMAGE_OF_OURS
    )


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_a_running_service_has_a_health_check(name):
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


@pytest.mark.parametrize("name", OURS)
def test_ours_wait_for_servers_and_migrations(name):
    assert {need: how["condition"] for need, how in SERVICES[name]["depends_on"].items()} == {
        "migrate": "service_completed_successfully",
        "postgres": "service_healthy",
        "redis": "service_healthy",
    }


def test_postgres_makes_a_role_that_is_no_superuser():
    postgres = SERVICES["postgres"]
    (script,) = postgres["configs"]
    assert script["source"] == "roles"  # which postgres_server runs
    assert script["target"].startswith("/docker-entrypoint-initdb.d/")
    assert set(postgres["environment"]) == {"POSTGRES_PASSWORD"}
    assert SERVICES["web"]["environment"]["DATABASE_URL"].startswith("postgresql://agentscope:")


def test_that_role_owns_its_database_and_nobody_logs_in_as_the_superuser():
    with throw_away_folder() as folder, postgres_server(folder) as address:
        with psycopg.connect(address) as known:
            (found,) = known.execute(
                "select current_setting('is_superuser'), pg_get_userbyid(datdba), rolcreaterole"
                " from pg_database, pg_roles"
                " where datname = current_database() and rolname = current_user"
            ).fetchall()
        assert found == ("off", "agentscope", False)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(address, user="postgres")


def test_no_secret_is_written_down():
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|KEY|DATABASE_URL|EMAIL_URL", name):
                given = re.search(r"\$\{\w+:(?:\?[^}]+|-)\}", value)  # it must be, or may be
                assert given, f"{name} has a value of its own"


def test_the_image_holds_all_of_the_code():
    copied = re.findall(r"^COPY (\S+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    kept = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    whole = {"requirements-notify.txt", "manage.py", "agentscope", "ingest", "ui"}
    assert set(copied) == set(kept) == whole


def test_the_image_does_not_run_as_root():
    assert re.search(r"^USER agentscope$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
