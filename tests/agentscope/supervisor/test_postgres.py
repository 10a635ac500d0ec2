"""The private Postgres: who gets in, what refuses to start."""

import stat

import psycopg
import pytest

from agentscope.supervisor.child import Child
from agentscope.supervisor.messages import CannotStart
from agentscope.supervisor.postgres import Postgres
from tests.kit.postgres import THROW_AWAY, throw_away_folder


@pytest.fixture(scope="module")
def server():
    """A running Postgres and its child, in a folder with a name that wants quoting."""
    with throw_away_folder() as folder:
        data = folder / "its data's % folder"
        data.mkdir(mode=0o711)
        postgres = Postgres(data, THROW_AWAY)
        postgres.prepare()
        child = Child(postgres.program, data)
        child.start()
        postgres.wait_ready(child)
        yield postgres, child
        child.stop()
        postgres.sockets.rmdir()


def test_it_works(server):
    postgres, _ = server
    with psycopg.connect(postgres.url) as connection:
        version = connection.info.server_version
    assert version // 10000 >= 15


def test_a_wrong_password_does_not_get_in(server):
    postgres, _ = server
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.url, password="guess")


def test_it_has_no_port_and_its_files_are_private(server):
    postgres, _ = server
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)
    for path in (postgres.home, postgres.sockets, postgres.home / "password"):
        assert not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def test_a_second_start_finds_the_database(server):
    postgres, child = server
    postgres.prepare()
    postgres.wait_ready(child)
    with psycopg.connect(postgres.url) as connection:
        assert connection.info.dbname == "agentscope"


def test_data_of_another_version_is_refused():
    with throw_away_folder() as data:
        postgres = Postgres(data)
        postgres.cluster.mkdir()
        (postgres.cluster / "PG_VERSION").write_text("12\n")
        with pytest.raises(CannotStart, match=r"of Postgres 12, but Postgres \d+ is installed"):
            postgres.prepare()
        postgres.sockets.rmdir()


def test_an_interrupted_set_up_is_made_anew():
    with throw_away_folder() as data:
        postgres = Postgres(data)
        (postgres.home / "cluster.unfinished").mkdir()
        postgres.prepare()
        assert postgres.is_made
        postgres.sockets.rmdir()
