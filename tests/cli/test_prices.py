"""`costtui prices`: what is in use, and a newer list over a real boto3 client."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from costtui.cli.main import main
from costtui.domain.prices.price_book import adopt, price_book
from costtui.sources.aws import cloud as aws_cloud
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.demo import World, install
from costtui.sources.demo.answers import table
from costtui.sources.demo.answers.call import Call
from costtui.sources.demo.faults import CloudError

PUBLISHED = "2026-12-01T00:00:00Z"


@pytest.fixture(autouse=True)
def _the_shipped_book_again() -> Iterator[None]:
    yield
    adopt(None)


def item(group: str, price: str, *, published: str = PUBLISHED) -> str:
    dimension = {"beginRange": "0", "endRange": "Inf", "unit": "x", "pricePerUnit": {"USD": price}}
    product = {"sku": group, "attributes": {"group": group, "regionCode": "mx-central-1", "location": "Mexico"}}
    terms = {"OnDemand": {"SKU": {"priceDimensions": {"R": dimension}}}}
    return json.dumps({"product": product, "terms": terms, "publicationDate": published})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What pricing was asked; the answers come through botocore, page by page."""
    requests: list[dict[str, Any]] = []
    prices = {"AWS-Lambda-Duration": "0.0000166667", "AWS-Lambda-Requests": "0.0000002"}

    def get_products(_: World, call: Call) -> Any:
        assert call.region == "us-east-1"
        requests.append(call.params)
        group = call.params["Filters"][0]["Value"]
        if group not in prices:
            return {"FormatVersion": "aws_v1", "PriceList": []}
        if "NextToken" not in call.params:
            return {"FormatVersion": "aws_v1", "PriceList": [], "NextToken": "more"}
        return {"FormatVersion": "aws_v1", "PriceList": [item(group, prices[group])]}

    def hooked(*args: Any, **more: Any) -> AwsCloud:
        return AwsCloud(*args, **more, install=lambda session, _profile: install(session, World()))

    monkeypatch.setitem(table.HANDLERS, ("pricing", "GetProducts"), get_products)
    monkeypatch.setattr(aws_cloud, "AwsCloud", hooked)
    return requests


def test_the_book_is_shown_with_date_source_and_regions(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["prices", "--cache-dir", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["as of     2026-10-01", "source    AWS price list, AWSLambda", "read from as costtui ships it"]
    assert any(line.split()[:4] == ["il-central-1", "0.0000175", "unpriced", "0.21"] for line in lines)
    assert any("not checked" in line and "logs" in line for line in lines)


def test_refresh_reads_every_page_says_what_changed_and_is_used_afterwards(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, asked: list[dict[str, Any]]
) -> None:
    assert main(["prices", "refresh", "--cache-dir", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "mx-central-1 x86_64 duration: unpriced → 0.0000166667",
        "mx-central-1 x86_64 request: unpriced → 0.0000002",
        "price list of 2026-12-01: 2 rates changed, 27 regions",
    ]
    assert {request["ServiceCode"] for request in asked} == {"AWSLambda"}
    adopt(None)
    assert main(["prices", "--cache-dir", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert f"read from {tmp_path / 'prices.json'}" in shown
    assert price_book().lambda_rates("mx-central-1", "x86_64") is not None
    runs = tmp_path / "runs.csv"
    runs.write_text("256,145\n1024,29\n", encoding="utf-8")
    adopt(None)
    assert main(["tune", str(runs), "--region", "mx-central-1", "--cache-dir", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out)["rates"]["as_of"] == "2026-12-01"


def test_a_second_refresh_changes_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path, asked: list[dict[str, Any]]) -> None:
    assert main(["prices", "refresh", "--cache-dir", str(tmp_path)]) == 0
    capsys.readouterr()
    assert main(["prices", "refresh", "--cache-dir", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "price list of 2026-12-01: 0 rates changed, 27 regions\n"
    assert asked


def test_what_refresh_cannot_do_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, asked: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(_: World, __: Call) -> Any:
        raise CloudError("AccessDeniedException", "User: x is not authorized to perform: pricing:GetProducts", 403)

    assert main(["prices", "refresh", "--offline", "--cache-dir", str(tmp_path)]) == 2
    assert main(["--demo", "prices", "refresh", "--cache-dir", str(tmp_path)]) == 2
    monkeypatch.setitem(table.HANDLERS, ("pricing", "GetProducts"), denied)
    assert main(["prices", "refresh", "--cache-dir", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.startswith("costtui: ") for line in err.splitlines()] == [True, True, True]
    assert "pricing:GetProducts" in err
    assert not (tmp_path / "prices.json").exists()
    assert asked == []


def test_the_demo_keeps_its_prices(capsys: pytest.CaptureFixture[str], tmp_path: Path, asked: list[dict[str, Any]]) -> None:
    assert main(["prices", "refresh", "--cache-dir", str(tmp_path)]) == 0
    adopt(None)
    capsys.readouterr()
    assert main(["--demo", "prices", "--cache-dir", str(tmp_path)]) == 0
    assert "read from as costtui ships it" in capsys.readouterr().out
    assert asked
