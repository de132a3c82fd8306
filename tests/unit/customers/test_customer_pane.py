"""The customers pane: what the detail and the footer say of a customer's bill."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from costtui.config import Settings
from costtui.domain.customers.records import Customer, CustomerRow, CustomerTotals, LedgerLine
from costtui.domain.loaded import PaneData, SourceState
from costtui.domain.period import Window
from costtui.panes import pane
from costtui.panes.inputs import Inputs
from costtui.panes.spec import Detail
from tests.unit.customers.ledger_example import line, used

WINDOW = Window(date(2026, 10, 1), date(2026, 10, 13))
NOW = datetime(2026, 10, 13, 12, tzinfo=UTC)
SPEC = pane("customers")


def build(lines: Sequence[LedgerLine], customers: Sequence[Customer] = (), **more: Any) -> PaneData[CustomerRow, CustomerTotals]:
    records = {"bill": lines, "directory": customers, "customer-usage": [used("acme", "2000"), used("globex", "1")]}
    fresh = [SourceState("aws.cost-explorer", "fresh", NOW)]
    return SPEC.build(Inputs(WINDOW, NOW, Settings(), records, fresh, [], **more))


def detail(data: PaneData[CustomerRow, CustomerTotals], id: str) -> Detail:
    return SPEC.detail(next(row for row in data.rows if row.id == id), data)


def section(found: Detail, title: str) -> list[tuple[str, ...]]:
    return next([line.cells for line in section.lines] for section in found.sections if section.title == title)


def test_estimated_days_are_in_the_total_and_out_of_trend_and_flags() -> None:
    days = [date(2026, 10, number) for number in range(1, 13)]
    growing = [line("acme", str(10 + number), day=day) for number, day in enumerate(days[:10])]
    early = [line("acme", "1.5", day=day, estimated=True) for day in days[10:]]
    data = build([*growing, *early])
    (row,) = (row for row in data.rows if row.id == "acme")
    assert (row.total, row.estimated, row.trend_pct) == (Decimal(148), True, Decimal("62.068966"))
    assert dict(detail(data, "acme").facts)["Estimated"] == "11 Oct ~1.50, 12 Oct ~1.50: in the total, out of trends, spikes and alerts"
    assert [cells[1] for cells in section(detail(data, "acme"), "Days, newest first")][:3] == ["~1.50", "~1.50", "19.00"]
    assert "bill ~148.00" in SPEC.footer(data.totals, data.rows)
    settled = build([*growing, *(line("acme", "1.5", day=day) for day in days[10:])])
    assert next(row for row in settled.rows if row.id == "acme").trend_pct == Decimal("81.481481"), "settled, the same days count"


def test_one_customer_in_several_spellings_is_noticed_and_an_alias_is_not() -> None:
    lines = [line("acme", "1"), line("ACME ", "1"), line("Acme", "1"), line("globex", "1"), line("gx", "1")]
    data = build(lines, [Customer("globex", aliases=["gx"])])
    (warning,) = data.problems
    assert (warning.kind, warning.what) == ("warning", "one customer written in several ways: acme as 'ACME ', 'Acme', 'acme'")
    assert dict(detail(data, "acme").facts)["Written as"] == "'ACME ', 'Acme', 'acme'"
    assert "Written as" not in dict(detail(data, "globex").facts)
    assert build(lines[3:], [Customer("globex", aliases=["gx"])]).problems == []


def test_what_else_the_bill_holds_stands_in_the_footer() -> None:
    lines = [
        line("acme", "100"),
        line("", "-40.5", "Credits", category="Credit"),
        line("", "7", "Tax", category="Tax"),
        line("", "29", "AWS Support (Developer)"),
        line("", "12", "Savings Plans", category="Purchase"),
        line("", "-3", "Web", category="Adjustment"),
    ]
    footer = SPEC.footer(*(lambda data: (data.totals, data.rows))(build(lines)))
    assert footer == (
        "2 customers  104.50 USD · bill 104.50 · residual 0.00 · credits −40.50, not spread · fees +12.00"
        " · refunds and adjustments −3.00 · support +29.00 · tax +7.00, not spread"
    )


def test_a_parent_lists_its_customers_and_each_opens() -> None:
    family = [Customer("group", "Group"), Customer("acme", "Acme", parent="group", mrr=Decimal(310)), Customer("globex", parent="group")]
    data = build([line("acme", "100"), line("globex", "10")], family)
    found = detail(data, "group")
    assert section(found, "Customers of it") == [
        ("Acme", "100.00", "120.00", "+20.00"),
        ("globex", "10.00", "–", "–"),
        ("Group itself", "0.00", "–", "–"),
        ("Together", "110.00", "120.00", "+10.00"),
    ]
    first = found.sections[0].lines[0].behind
    assert first is not None
    assert dict(first().facts)["Belongs to"] == "Group"
    assert dict(first().facts)["Unit cost"] == "50.000000 USD per 1,000 requests; no trend with fewer than 7 complete days"


def test_a_basis_that_the_bill_lacks_fails_its_source_and_keeps_the_reason() -> None:
    data = build([line("acme", "1")], basis="list")
    assert (data.rows, data.totals.billed, data.has_answer) == ([], None, False)
    assert data.sources[0].state == "failed"
    assert data.problems[0].sentence == "aws.cost-explorer: the bill has no list cost for Web on 2026-10-05: choose another cost basis"
