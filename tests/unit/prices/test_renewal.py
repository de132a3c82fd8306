"""A newer price list: what changes, what stays, and which book a process then uses."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from costtui.domain.prices.offer_file import LambdaOffer
from costtui.domain.prices.price_book import LambdaRates, Tier, adopt, price_book, shipped_book
from costtui.domain.prices.renewal import Change, OlderError, renewed
from costtui.service.price_file import price_file, use_price_file, write_price_file

BOOK = shipped_book()
NEWER = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def _the_shipped_book_again() -> Iterator[None]:
    yield
    adopt(None)


def known(region: str, architecture: str) -> LambdaRates:
    rates = BOOK.lambda_rates(region, architecture)
    assert rates is not None
    return rates


def test_what_changed_is_named_meter_by_meter() -> None:
    cheaper = msgspec.structs.replace(known("us-east-1", "arm64"), request=Decimal("0.00000019"), ephemeral=None)
    new = LambdaRates("mx-central-1", "arm64", (Tier(Decimal(0), None, Decimal("0.0000133334")),), Decimal("0.0000002"))
    book, changes = renewed(BOOK, LambdaOffer([cheaper, new], NEWER))
    assert changes == [
        Change("us-east-1", "arm64", "request", "0.0000002", "0.00000019"),
        Change("mx-central-1", "arm64", "duration", None, "0.0000133334"),
        Change("mx-central-1", "arm64", "request", None, "0.0000002"),
    ]
    assert (book.as_of, "mx-central-1" in book.regions) == (NEWER, True)


def test_a_meter_that_the_list_lacks_keeps_its_rate_and_its_date() -> None:
    bare = LambdaRates("us-east-1", "arm64", known("us-east-1", "arm64").duration, Decimal("0.0000002"))
    book, changes = renewed(BOOK, LambdaOffer([bare], NEWER))
    row = book.lambda_rates("us-east-1", "arm64")
    assert row is not None
    assert changes == []
    assert row.durable_operation == known("us-east-1", "arm64").durable_operation
    assert "durable_operation" in row.source
    assert row.source.endswith(": AWS price list, AWSLambda, 2026-10-01")


def test_a_tier_that_moves_is_a_change() -> None:
    first, *rest = known("us-east-1", "x86_64").duration
    moved = (msgspec.structs.replace(first, end=Decimal(5_000_000_000)), *rest)
    _, changes = renewed(BOOK, LambdaOffer([msgspec.structs.replace(known("us-east-1", "x86_64"), duration=moved)], NEWER))
    assert [(change.meter, change.after) for change in changes] == [
        ("duration", "0.0000166667 to 5000000000 / 0.000015 to 15000000000 / 0.0000133334")
    ]


def test_an_older_list_changes_nothing() -> None:
    with pytest.raises(OlderError, match=r"2026-09-30, older than the price book in use, 2026-10-01"):
        renewed(BOOK, LambdaOffer([], date(2026, 9, 30)))


def test_a_written_book_is_used_from_then_on(tmp_path: Path) -> None:
    assert not use_price_file(tmp_path)
    book, _ = renewed(BOOK, LambdaOffer([], NEWER))
    write_price_file(tmp_path / "cache", book)
    assert use_price_file(tmp_path / "cache")
    assert price_book().as_of == NEWER
    assert [file.name for file in (tmp_path / "cache").iterdir()] == ["prices.json"]
    assert not use_price_file(tmp_path)
    assert price_book() is BOOK


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"schema_version": 1}'])
def test_a_broken_or_older_file_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    price_file(tmp_path).write_bytes(content)
    assert not use_price_file(tmp_path)
    write_price_file(tmp_path, type(BOOK)(msgspec.structs.replace(BOOK.data, as_of=date(2026, 9, 30))))
    assert not use_price_file(tmp_path)
    assert price_book() is BOOK
