"""The list of customers from CSV, SQLite and HTTP: what is read, and what is refused with its place."""

import json
import sqlite3
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from costtui.domain.customers.records import Customer
from costtui.domain.problems import SourceError
from costtui.sources import directory

API = "https://crm.example.com/v1/customers"


def csv_file(folder: Path, text: str) -> Path:
    path = folder / "customers.csv"
    path.write_text(text, encoding="utf-8")
    return path


def refused(read: Callable[[], object]) -> str:
    with pytest.raises(SourceError) as caught:
        read()
    return caught.value.problem.sentence


def test_every_column_of_a_csv_is_read(tmp_path: Path) -> None:
    header = "\ufeffid,name,plan,mrr,currency,segment,owner_team,since,until,aliases,parent,anything"
    path = csv_file(tmp_path, header + '\nacme,"Acme, Inc.",pro,1200.50,eur,smb,growth,2026-01-01,2026-12-31,ACME Ltd; 4711,holding,x\n')
    assert directory.read_csv(path) == [
        Customer(
            id="acme",
            name="Acme, Inc.",
            plan="pro",
            mrr=Decimal("1200.50"),
            currency="EUR",
            segment="smb",
            owner_team="growth",
            since=date(2026, 1, 1),
            until=date(2026, 12, 31),
            aliases=["ACME Ltd", "4711"],
            parent="holding",
        )
    ]


def test_only_the_id_is_required_and_unknown_revenue_is_not_zero(tmp_path: Path) -> None:
    assert directory.read_csv(csv_file(tmp_path, "id\nacme\n\nglobex\n")) == [Customer("acme"), Customer("globex")]
    assert directory.read_csv(csv_file(tmp_path, "id,mrr\nacme,\nglobex,0\n")) == [Customer("acme"), Customer("globex", mrr=Decimal(0))]


def test_a_twelfth_of_arr_is_mrr(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "id,arr\nacme,6000\nglobex,100\n")
    assert [customer.mrr for customer in directory.read_csv(path)] == [Decimal(500), Decimal("8.333333333333")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name\nAcme\n", "no column id"),
        ("", "no column id"),
        ("id,mrr\nacme,lots\n", "line 2, customer 'acme': mrr is 'lots'"),
        ("id,mrr\nacme,NaN\n", "line 2, customer 'acme': mrr is 'NaN'"),
        ("id,mrr\nacme,-1\n", "line 2, customer 'acme': mrr is '-1'"),
        ("id,since\nacme,01.02.2026\n", "line 2, customer 'acme': since is '01.02.2026'"),
        ("id,name\n,Acme\n", "line 2 has no id"),
        ("id,name\nacme,Acme,Inc\n", "line 2 has more fields than the header"),
        ("id\nacme\nglobex\n ACME\n", "line 4 and line 2 both are 'ACME'"),
        ("id,aliases\nacme,x;y\nglobex,Y \n", "line 3 and line 2 both are 'Y' (the latter as 'acme')"),
        ("id,aliases\nacme,x\nx,\n", "line 3 and line 2 both are 'x'"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    path = csv_file(tmp_path, text)
    found = refused(lambda: directory.read_csv(path))
    assert sentence in found and str(path) in found


def test_an_alias_that_repeats_its_own_id_is_no_double(tmp_path: Path) -> None:
    assert directory.read_csv(csv_file(tmp_path, "id,aliases\nacme,ACME;acme\n"))[0].aliases == ["ACME", "acme"]


def test_a_missing_or_binary_file_is_one_sentence(tmp_path: Path) -> None:
    assert "cannot be read" in refused(lambda: directory.read_csv(tmp_path / "none.csv"))
    (tmp_path / "latin.csv").write_bytes(b"id\ncaf\xe9\n")
    assert "UTF-8" in refused(lambda: directory.read_csv(tmp_path / "latin.csv"))


def test_sqlite_is_read_by_column_name_and_never_written(tmp_path: Path) -> None:
    path = tmp_path / "crm ?.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table accounts (code text, monthly real, started text)")
        connection.executemany("insert into accounts values (?, ?, ?)", [("acme", 99.9, "2026-01-01 10:00:00"), ("globex", None, None)])
        connection.commit()
    query = "select code as id, monthly as mrr, started as since from accounts"
    assert directory.read_sqlite(path, query) == [
        Customer("acme", mrr=Decimal("99.9"), since=date(2026, 1, 1)),
        Customer("globex"),
    ]
    assert "readonly" in refused(lambda: directory.read_sqlite(path, "delete from accounts"))
    assert "no such table" in refused(lambda: directory.read_sqlite(path, "select * from customers"))
    assert len(directory.read_sqlite(path, query)) == 2


def test_a_missing_database_is_not_created(tmp_path: Path) -> None:
    refused(lambda: directory.read_sqlite(tmp_path / "none.db", "select 1 as id"))
    assert not (tmp_path / "none.db").exists()


def api(pages: Mapping[str, object], seen: list[httpx.Request] | None = None) -> httpx.Client:
    def answer(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        page = pages[str(request.url)]
        return httpx.Response(page) if isinstance(page, int) else httpx.Response(200, text=json.dumps(page))

    return httpx.Client(transport=httpx.MockTransport(answer))


def test_pages_of_an_api_are_followed_with_the_token() -> None:
    seen: list[httpx.Request] = []
    pages = {
        API: {"data": {"list": [{"id": "acme", "mrr": 10.1, "aliases": ["a", "b"]}]}, "links": {"next": "?page=2"}},
        f"{API}?page=2": {"data": {"list": [{"id": 4711, "arr": "120"}]}, "links": {"next": None}},
    }
    found = directory.read_http(API, token="s3cret", items="data.list", next="links.next", client=api(pages, seen))
    assert found == [Customer("acme", mrr=Decimal("10.1"), aliases=["a", "b"]), Customer("4711", mrr=Decimal(10))]
    assert [request.headers["authorization"] for request in seen] == ["Bearer s3cret"] * 2


def test_a_plain_list_and_the_usual_keys_need_no_configuration() -> None:
    assert directory.read_http(API, client=api({API: [{"id": "acme"}]})) == [Customer("acme")]
    pages = {API: {"items": [{"id": "acme"}], "next": f"{API}/2"}, f"{API}/2": {"items": [{"id": "globex"}]}}
    assert [customer.id for customer in directory.read_http(API, client=api(pages))] == ["acme", "globex"]


@pytest.mark.parametrize(
    "link", ["https://evil.example.com/v1", "http://crm.example.com/v1", "https://crm.example.com:8443/v1", "//evil.example.com"]
)
def test_the_token_never_follows_a_page_to_another_host(link: str) -> None:
    seen: list[httpx.Request] = []
    client = api({API: {"items": [], "next": link}}, seen)
    assert "another host" in refused(lambda: directory.read_http(API, token="s3cret", client=client))
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("pages", "sentence"),
    [
        ({API: 401}, "check the token"),
        ({API: 429}, "answered 429"),
        ({API: 302}, "answered 302"),
        ({API: {"items": [], "next": API}}, "read before"),
        ({API: {"rows": []}}, "no list under 'items'"),
        ({API: {"items": ["acme"]}}, "item 1 of page 1 is no object"),
        ({API: {"items": [{"id": "a"}, {"id": "b"}, {"id": "A"}]}}, "item 3 of page 1 and item 1 of page 1 both are 'A'"),
        ({API: {"items": [], "next": 2}}, "no text"),
    ],
)
def test_an_answer_that_cannot_be_used_is_said_without_the_token(pages: dict[str, object], sentence: str) -> None:
    found = refused(lambda: directory.read_http(API, token="s3cret", client=api(pages)))
    assert sentence in found and "s3cret" not in found


def test_an_api_that_does_not_answer_is_offline() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("slow", request=request)

    with pytest.raises(SourceError) as caught:
        directory.read_http(API, client=httpx.Client(transport=httpx.MockTransport(answer)))
    assert caught.value.problem.kind == "offline"
    with pytest.raises(SourceError) as caught:
        directory.read_http(API, client=httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, text="<html>"))))
    assert caught.value.problem.kind == "malformed"


def test_postgres_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    found = refused(lambda: directory.read_postgres("postgresql://user:s3cret@db/crm", "select 1 as id"))
    assert "install costtui[postgres]" in found and "s3cret" not in found
