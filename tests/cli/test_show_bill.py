"""`costtui show customers` on billing files: from configuration to document, to the last digit, and read once."""

import json
import os
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costtui.cli.main import main

HEADER = (
    "BilledCost,EffectiveCost,ListCost,BillingCurrency,ChargeCategory,ChargePeriodStart,BillingPeriodStart,BillingPeriodEnd,"
    "ServiceName,ResourceId,SubAccountId,RegionId,CommitmentDiscountStatus,Tags"
)
CONFIG = """
[aws]
profiles = []
[customers]
tag = "customer"
[customers.billing]
source = "files"
paths = ["focus/"]
"""
DRIVERS = """
[[customers.usage]]
name = "requests"
source = "csv"
path = "usage.csv"
[customers.directory]
source = "csv"
path = "crm.csv"
[[customers.shared]]
match = { service = "DB", untagged = true }
split = "driver:requests"
[[customers.shared]]
match = { service = "NAT", untagged = true }
split = "even"
[[customers.shared]]
match = { category = "Credit" }
split = "direct-proportional"
[[customers.shared]]
match = { category = "Tax" }
split = "direct-proportional"
[[customers.shared]]
match = { commitment = "Unused" }
split = "keep"
"""
G11 = {
    "acme": "208.4354523810",
    "globex": "80.8115238095",
    "initech": "11.7590238095",
    "hooli": "11.902",
    "ghost": "2.102",
    "__idle__": "5",
}


def charge(cost: str, service: str = "Web", month: str = "2026-10", **more: str) -> str:
    tags = json.dumps({key[4:]: value for key, value in more.items() if key.startswith("tag_")}).replace('"', '""')
    following = f"{month[:5]}{int(month[5:]) + 1:02d}"
    billed, resource = more.get("billed", cost), more.get("resource", "i-1")
    head = f"{billed},{cost},{cost},USD,{more.get('category', 'Usage')},{month}-05 00:00:00,{month}-01,{following}-01"
    return f'{head},{service},{resource},1,{more.get("region", "eu-west-1")},{more.get("status", "NULL")},"{tags}"'


G11_BILL = (
    charge("120", tag_customer="acme"),
    charge("30.005", tag_Customer="ACME "),
    charge("50", tag_customer="globex"),
    charge("9.995", tag_customer="initech"),
    charge("100", "DB"),
    charge("10.01", "NAT", tag_customer=""),
    charge("-20", "Credits", category="Credit"),
    charge("15", "Tax", category="Tax"),
    charge("5", "Commitment", status="Unused"),
)


class Firm:
    """A folder of billing files with its configuration, and `costtui` over it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        (folder / "focus").mkdir()
        self.configure(CONFIG)

    def configure(self, text: str) -> None:
        (self.folder / "config.toml").write_text(text)

    def bill(self, *charges: str, name: str = "2026-10.csv") -> Path:
        path = self.folder / "focus" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join((HEADER, *charges)) + "\n")
        return path

    def __call__(self, *argv: str, code: int = 0) -> tuple[str, str]:
        self.capsys.readouterr()
        ended = main(["--config", str(self.folder / "config.toml"), "--cache-dir", str(self.folder / "cache"), *argv])
        said = self.capsys.readouterr()
        assert ended == code, said.err
        return said.out, said.err

    def show(self, *argv: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self("show", "customers", "--format", "json", *argv)[0])
        return document

    def totals(self, *argv: str) -> dict[str, str]:
        return {row["id"]: row["total"] for row in self.show(*argv)["rows"]}


@pytest.fixture
def firm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Firm:
    return Firm(tmp_path, capsys)


@pytest.fixture
def g11(firm: Firm) -> Firm:
    firm.configure(CONFIG + DRIVERS)
    firm.bill(*G11_BILL)
    used = [f"2026-10-05,{tenant},requests,{value}" for tenant, value in (("acme", 600), ("globex", 300), ("hooli", 99), ("ghost", 1))]
    (firm.folder / "usage.csv").write_text("\n".join(["day,tenant,metric,value", *used]) + "\n")
    (firm.folder / "crm.csv").write_text("id,name,plan,mrr\nacme,Acme,pro,500\nglobex,Globex,pro,60\nhooli,Hooli,free,0\n")
    return firm


def test_example_g11_from_configuration_to_document(g11: Firm) -> None:
    document = g11.show()
    assert document["window"] == {"start": "2026-10-01", "end": "2026-11-01"}
    told = {source["name"]: (source["state"], source["detail"]) for source in document["sources"]}
    assert told["files"] == ("fresh", "focus/2026-10.csv, FOCUS 1.0")
    assert told["usage:requests"] == ("fresh", "csv")
    rows = {row["id"]: row for row in document["rows"]}
    assert {id: str(Decimal(row["total"]).quantize(Decimal("1e-10"))) for id, row in rows.items()} == {
        id: str(Decimal(value).quantize(Decimal("1e-10"))) for id, value in G11.items()
    }
    assert document["totals"] == {"billed": "320.01", "rows": "320.01", "invoiced": "320.01", "residual": "0", "currency": "USD"}
    assert (rows["globex"]["margin"][:6], rows["globex"]["flags"]) == ("-20.81", ["negative-margin"])
    assert (rows["hooli"]["margin_pct"], rows["hooli"]["flags"]) == (None, ["negative-margin"])
    assert rows["initech"]["flags"] == rows["ghost"]["flags"] == ["no-crm"]
    assert document["paid_calls"] == {"count": 0, "usd": "0"}


def test_a_snapshot_has_the_same_rows_and_window(g11: Firm) -> None:
    read = tomllib.loads(g11("snapshot")[0])
    assert (str(read["window"]["start"]), str(read["window"]["end"])) == ("2026-10-01", "2026-11-01")
    assert {row["id"]: row["total"] for row in read["customers"]["rows"]} == g11.totals()


def test_a_state_of_the_files_is_read_once(firm: Firm) -> None:
    path = firm.bill(charge("120", tag_customer="acme"))
    written = path.stat().st_mtime_ns
    assert firm.totals() == {"acme": "120"}
    path.write_text(path.read_text().replace("120", "130"))
    os.utime(path, ns=(written, written))
    assert firm.totals() == {"acme": "120"}, "size and time are those that were read"
    os.utime(path, ns=(written + 1, written + 1))
    assert firm.totals() == {"acme": "130"}
    firm.bill(charge("7", tag_customer="globex"), name="more.csv")
    assert firm.totals() == {"acme": "130", "globex": "7"}
    (firm.folder / "focus" / "more.csv").unlink()
    assert firm.totals() == {"acme": "130"}, "a file that is gone takes its charges with it"


def test_the_window_is_the_billing_periods_unless_one_is_named(firm: Firm) -> None:
    firm.bill(charge("3", month="2026-08", tag_customer="acme"), name="8.csv")
    firm.bill(charge("4", month="2026-10", tag_customer="acme"), name="10.csv")
    assert firm.show()["window"] == {"start": "2026-08-01", "end": "2026-11-01"}
    assert firm.totals() == {"acme": "7"}
    assert firm.totals("--period", "2026-10") == {"acme": "4"}
    assert firm.totals("--period", "2026-09") == {}
    assert firm.totals("--offline") == {"acme": "7"}


def test_only_the_newest_delivery_of_a_period_counts(firm: Firm) -> None:
    old = firm.bill(charge("5", tag_customer="acme"), name="BILLING_PERIOD=2026-10/first/a.csv")
    firm.bill(charge("6", tag_customer="acme"), name="BILLING_PERIOD=2026-10/second/a.csv")
    firm.bill(charge("1", tag_customer="acme"), name="BILLING_PERIOD=2026-10/second/b.csv")
    firm.bill(charge("2", month="2026-09", tag_customer="acme"), name="BILLING_PERIOD=2026-09/first/a.csv")
    os.utime(old, (1, 1))
    assert firm.totals() == {"acme": "9"}


RULES = ('resource = "i-shared"', 'region = "us-east-1"', 'tag = "pool=yes"', 'team = "platform"')


@pytest.mark.parametrize("match", RULES)
def test_rules_see_what_they_speak_of(firm: Firm, match: str) -> None:
    firm.configure(f'[ownership]\nteam = ["tag:squad"]\n{CONFIG}[[customers.shared]]\nmatch = {{ {match} }}\nsplit = "even"\n')
    pool = charge("9", resource="i-shared", region="us-east-1", tag_pool="yes", tag_squad="platform")
    firm.bill(pool, charge("1", resource="i-own", tag_customer="acme"), charge("1", tag_customer="globex", tag_pool="no"))
    assert firm.totals() == {"acme": "5.5", "globex": "5.5"}


def test_the_cost_basis_is_that_of_the_view(firm: Firm) -> None:
    firm.bill(charge("16", billed="15.5", tag_customer="acme"), charge("0", billed="100", category="Purchase"))
    assert (firm.totals(), firm.totals("--cost", "billed")) == ({"acme": "16", "__fees__": "0"}, {"acme": "15.5", "__fees__": "100"})
    assert firm.show("--cost", "list")["totals"]["billed"] == "16"
    for argv in ((), ("--cost", "billed")):
        assert firm.show(*argv)["totals"]["invoiced"] == "115.5"
    assert "bill (billed) 115.50 · residual 0.00 · fees +100.00" in firm("show", "customers", "--cost", "billed", "--format", "table")[0]
    out, err = firm("show", "customers", "--cost", "net-amortized", code=1)
    assert (out, err.count("\n")) == ("", 1)
    assert err == "costtui: customers: files: the bill has no net-amortized cost for Web on 2026-10-05: choose another cost basis\n"
    assert firm.totals() == {"acme": "16", "__fees__": "0"}


def test_files_that_cannot_be_read_say_so_in_one_line(firm: Firm) -> None:
    _, err = firm("show", "customers", code=1)
    assert "no such file: check paths of [customers.billing]" in err
    firm.bill("1,2,3")
    _, err = firm("show", "customers", code=1)
    assert "2026-10.csv: it cannot be read" in err
    firm.configure(CONFIG.replace('"focus/"', '"s3://bucket/focus/"'))
    _, err = firm("show", "customers", code=1)
    assert "no AWS profile is configured: set profile of [customers.billing], or copy the files here" in err
