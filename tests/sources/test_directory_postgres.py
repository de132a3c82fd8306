"""The customer list in a real PostgreSQL, started here as an unprivileged user in a directory of its own."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costtui.config import parse
from costtui.domain.datasets import Batch
from costtui.domain.problems import SourceError
from costtui.sources import directory
from costtui.sources.customer_data import CustomerDirectory
from costtui.sources.port import Request
from tests.conftest import NOW

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed (pip install costtui[postgres])")
SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
"""Debian keeps them off the PATH."""
INITDB = shutil.which("initdb", path=os.pathsep.join([*map(str, reversed(SERVERS)), os.environ.get("PATH", "")]))
pytestmark = pytest.mark.skipif(INITDB is None, reason="no PostgreSQL server here (Debian: apt-get install postgresql)")
QUERY = "select id, name, plan, mrr, since, aliases, team as owner_team from crm order by id"


class Database:
    """A cluster that listens on a socket in its own folder, and nowhere else."""

    def __init__(self, folder: Path) -> None:
        assert INITDB is not None
        self.folder, self.binaries = folder, Path(INITDB).resolve().parent
        self.as_user: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            self.as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self.run("initdb", "-D", str(folder / "data"), "-U", "crm", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        self.run("pg_ctl", "-D", str(folder / "data"), "-l", str(folder / "log"), "-o", options, "-w", "start")

    @property
    def dsn(self) -> str:
        return f"host={self.folder} dbname=postgres user=crm password=s3cret"

    def run(self, name: str, *arguments: str) -> None:
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
        command = [str(self.binaries / name), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, env=environment, timeout=60, **self.as_user)
        assert done.returncode == 0, done.stdout + done.stderr

    def execute(self, *statements: str) -> None:
        with psycopg.connect(self.dsn) as connection:
            for statement in statements:
                connection.execute(statement)

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:  # a socket's path has 107 characters at most
        started = Database(Path(folder))
        try:
            started.execute(
                "create table crm (id text, name text, plan text, mrr numeric, since date, aliases text[], team text)",
                "insert into crm values ('acme', 'Acme', 'pro', 500.10, '2026-01-31', '{acme-corp,ACME2}', 'growth')",
                "insert into crm values ('globex', null, null, null, null, null, null)",
            )
            yield started
        finally:
            started.stop()


def test_customers_come_as_the_query_names_them(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_DSN", database.dsn)
    toml = f'[customers.directory]\nsource = "postgres"\ndsn_env = "CRM_DSN"\nquery = "{QUERY}"'
    source = CustomerDirectory(parse(toml, name="config.toml", base=Path()), None)
    (batch,) = source.fetch(Request(source.scopes()[0], NOW))
    assert isinstance(batch, Batch)
    acme, globex = batch.records
    assert (acme.id, acme.name, acme.plan, acme.mrr, acme.owner_team) == ("acme", "Acme", "pro", Decimal("500.10"), "growth")
    assert (acme.since, acme.aliases) == (date(2026, 1, 31), ["acme-corp", "ACME2"])
    assert (globex.id, globex.mrr, globex.since) == ("globex", None, None)


@pytest.mark.parametrize("query", ["delete from crm returning id", "insert into crm (id) values ('x') returning id"])
def test_a_query_that_writes_is_refused_by_the_database(database: Database, query: str) -> None:
    with pytest.raises(SourceError, match="read-only transaction"):
        directory.read_postgres(database.dsn, query)
    assert len(directory.read_postgres(database.dsn, QUERY)) == 2


def test_what_goes_wrong_is_a_sentence_without_the_password(database: Database) -> None:
    for dsn, query, said in (
        (database.dsn, "select nothing from crm", "PostgreSQL says 'column \"nothing\" does not exist'"),
        (database.dsn.replace("user=crm", "user=mallory"), QUERY, "the database did not let us in"),
        (database.dsn.replace(str(database.folder), "/nowhere"), QUERY, "the database did not let us in"),
        ("not a dsn s3cret", QUERY, "the connection string"),
    ):
        with pytest.raises(SourceError) as caught:
            directory.read_postgres(dsn, query)
        assert said in str(caught.value)
        assert "s3cret" not in str(caught.value)
