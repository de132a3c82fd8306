"""The total is the bill in every view: bases, filters, groups, drill-downs and explanations."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costtui.config import Settings
from costtui.domain.customers.records import Basis, Category, Customer, CustomerRow, CustomerTotals, LedgerLine
from costtui.domain.filters import ordered
from costtui.domain.loaded import PaneData, SourceState
from costtui.domain.money import plain, rounded, total
from costtui.domain.period import Window
from costtui.panes import pane
from costtui.panes.grouping import group_detail, grouped
from costtui.panes.inputs import Inputs
from costtui.panes.spec import Detail, Line
from tests.unit.customers.ledger_example import G11_CUSTOMERS, G11_LINES, G11_RULES, G11_USAGE, line, used

WINDOW = Window(date(2026, 10, 1), date(2026, 11, 1))
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SPEC = pane("customers")
SHARED = msgspec.structs.replace(Settings().customers, shared=G11_RULES, free_plans=["free"])
SETTINGS = msgspec.structs.replace(Settings(), customers=SHARED)

Pane = PaneData[CustomerRow, CustomerTotals]


def build(lines: list[LedgerLine], *, customers: Any = (), usage: Any = (), basis: Basis = "amortized") -> Pane:
    records = {"bill": lines, "directory": customers, "customer-usage": usage}
    sources = [SourceState("aws.cost-explorer", "fresh", NOW)]
    return SPEC.build(Inputs(WINDOW, NOW, SETTINGS, records, sources, [], basis))


def g11(basis: Basis = "amortized") -> Pane:
    every = [msgspec.structs.replace(one, net_effective=one.effective, list_cost=2 * (one.effective or 0)) for one in G11_LINES]
    return build(every, customers=G11_CUSTOMERS, usage=G11_USAGE, basis=basis)


def row_of(data: Pane, id: str) -> CustomerRow:
    return next(row for row in data.rows if row.id == id)


def number(cell: str) -> Decimal:
    return Decimal(cell.replace(",", "").replace("~", "").replace("−", "-"))


def section(detail: Detail, title: str) -> tuple[Line, ...]:
    return next((one.lines for one in detail.sections if one.title == title), ())


@pytest.mark.parametrize("basis", get_args(Basis))
def test_every_cost_basis_adds_up_to_its_own_bill(basis: Basis) -> None:
    data = g11(basis)
    billed = Decimal("640.02") if basis == "list" else Decimal("320.01")
    assert (data.totals.billed, data.totals.rows, plain(data.totals.residual or Decimal(0))) == (billed, billed, "0")
    assert total(row.shown.total for row in data.rows) == billed
    assert SPEC.document_totals(data.totals)["residual"] == "0"


@pytest.mark.parametrize("by", sorted(SPEC.groups))
def test_groups_show_cents_that_add_up_to_the_rows_above_them(by: str) -> None:
    data = g11()
    for rows in (data.rows, [row for row in data.rows if row.id != "acme"]):
        detail = group_detail(SPEC, data, rows, by)
        *groups, whole = detail.sections[0].lines
        shown = total(row.shown.total for row in rows)
        assert total(number(one.cells[2]) for one in groups) == number(whole.cells[2]) == shown
        for one in groups:
            below = one.behind() if one.behind else Detail("")
            assert total(number(member.cells[1]) for member in below.sections[0].lines) == number(one.cells[2])
        exact = grouped(SPEC, rows, by, "USD")
        assert total(group.amount or Decimal(0) for group in exact) == total(row.total for row in rows)


amounts = st.decimals(-500, 500, places=9)
customers = st.sampled_from(["acme", "globex", "hooli", ""])
charges = st.lists(
    st.tuples(customers, amounts, st.sampled_from(["DB", "NAT", "Web"]), st.sampled_from(get_args(Category)), st.integers(0, 30)),
    max_size=9,
)


@settings(max_examples=60, deadline=None)
@given(charges)
def test_the_cents_of_every_drill_down_add_up(charged: list[tuple[str, Decimal, str, Category, int]]) -> None:
    lines = [line(who, str(money), what, category=kind, day=WINDOW.start + timedelta(day)) for who, money, what, kind, day in charged]
    data = build(lines, usage=G11_USAGE)
    if not lines:
        assert data.rows == []
        return
    assert total(row.shown.total for row in data.rows) == rounded(data.totals.billed or Decimal(0))
    for row in data.rows:
        detail = SPEC.detail(row, data)
        for title, whole in (("Direct, by service", row.shown.direct), ("Shared, by pool", row.shown.shared)):
            *parts, last = section(detail, title)
            assert number(last.cells[1]) == whole
            assert not parts or total(number(part.cells[1]) for part in parts) == whole
        assert total(number(day.cells[1]) for day in section(detail, "Days, newest first")) == row.shown.total


def explanations(data: Pane) -> Iterator[tuple[CustomerRow, Detail]]:
    for row in data.rows:
        for column in SPEC.columns:
            yield row, SPEC.explain(row, column.id, data)
        for found in SPEC.detail(row, data).sections:
            yield from ((row, one.why()) for one in found.lines if one.why is not None)


def test_every_column_and_every_line_of_money_is_explained() -> None:
    data = g11()
    for row, found in explanations(data):
        assert found.title and found.facts
        assert all(name and words for name, words in found.facts), (row.id, found)
    titles = {SPEC.explain(data.rows[0], column.id, data).title for column in SPEC.columns}
    assert "Name of Acme" in titles and len(titles) >= 11


def test_a_total_is_explained_down_to_the_weight_of_a_day() -> None:
    data = g11()
    acme = row_of(data, "acme")
    found = SPEC.explain(acme, "total", data)
    facts = dict(found.facts)
    assert facts["Formula"] == "direct 150.01 + shared 58.43 = 208.44 USD"
    assert facts["Exact"].startswith("208.435452380953 USD, shown as 208.44")
    credit = next(one for one in section(found, "Shared") if one.cells[0] == "Credit")
    assert credit.why is not None
    traced = credit.why()
    facts = dict(traced.facts)
    assert facts["Amount, exact"] == "-14.28619047619 USD"
    assert facts["Pool"] == "Credit: -20 USD in the window"
    assert facts["Rule"] == "3 of customers.shared, split = direct-proportional"
    assert facts["Placed by"] == "150.005 of 210 direct cost, daily"
    assert facts["Rounding"].endswith("none came on top")
    (day,) = traced.sections[0].lines
    assert day.cells == ("2026-10-05", "-20", "150.005", "210", "-14.28619047619")


def test_a_unit_that_came_on_top_is_told() -> None:
    data = build([line("acme", "1"), line("globex", "1"), line("hooli", "1"), line("", "0.01", "NAT")])
    tops = []
    for id in ("acme", "globex", "hooli"):
        (pool,) = [one for one in section(SPEC.detail(row_of(data, id), data), "Shared, by pool") if one.why and one.cells[0] != "Total"]
        assert pool.why is not None
        tops.append(dict(pool.why().facts)["Rounding"].rpartition("; ")[2])
    assert tops == ["1 such units came on top as largest remainder", "none came on top", "none came on top"]


def test_a_window_of_many_months_is_kept_and_followed_back() -> None:
    year = Window(date(2026, 1, 1), date(2027, 1, 1))
    lines = [line(who, "1", what, day=day) for day in year.days for who, what in (("acme", "Web"), ("globex", "Web"), ("", "NAT"))]
    records = {"bill": lines, "directory": [], "customer-usage": []}
    data = SPEC.build(Inputs(year, NOW, SETTINGS, records, [], []))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(data), type=SPEC.data_type) == data
    (pool, _) = section(SPEC.detail(row_of(data, "acme"), data), "Shared, by pool")
    assert pool.why is not None
    days = pool.why().sections[0].lines
    assert len(days) == 365 and {one.cells[2:] for one in days} == {("1", "2", "0.5")}


def test_a_margin_and_a_revenue_name_their_figures() -> None:
    data = g11()
    facts = dict(SPEC.explain(row_of(data, "globex"), "margin_pct", data).facts)
    assert facts["Formula"] == "revenue 60 − total 80.811523809524 = -20.811523809524 USD; ÷ revenue = -34.6858730159 %"
    assert facts["Revenue"] == "MRR 60 USD ÷ days of each calendar month, for the 31 days of the window = 60 USD"
    idle = dict(SPEC.explain(row_of(data, "__idle__"), "revenue", data).facts)
    assert idle["Formula"] == "none: nobody pays for this row, so it has no margin either"
    ghost = dict(SPEC.explain(row_of(data, "ghost"), "revenue", data).facts)
    assert ghost["Formula"].startswith("unknown: the customer list gives no MRR for ghost")


def test_a_flag_says_why() -> None:
    data = g11()
    assert [one.cells for one in section(SPEC.detail(row_of(data, "hooli"), data), "Why it stands out")] == [
        ("negative-margin", "revenue 0.00 − cost 11.90 = −11.90 USD"),
    ]
    assert [one.cells[0] for one in section(SPEC.detail(row_of(data, "initech"), data), "Why it stands out")] == ["no-crm"]
    assert section(SPEC.detail(row_of(data, "acme"), data), "Why it stands out") == ()
    assert dict(SPEC.explain(row_of(data, "acme"), "flags", data).facts)["Flags"] == "none: nothing about this row is remarkable"


def test_another_currency_stands_below_whatever_the_table_is_sorted_by() -> None:
    data = build(
        [line("acme", "1"), line("globex", "2"), line("", "900"), line("acme", "5000", currency="EUR"), line("", "1", currency="EUR")]
    )
    assert [(row.id, row.currency, row.apart) for row in data.rows] == [
        ("globex", "USD", 0),
        ("acme", "USD", 0),
        ("__untagged__", "USD", 2),
        ("acme", "EUR", 3),
        ("__untagged__", "EUR", 5),
    ]
    apart = [SPEC.apart(row) for row in data.rows]
    for reverse in (False, True):
        order = ordered([row.total for row in data.rows], reverse=reverse, apart=apart)
        assert [apart[index] for index in order] == sorted(apart)
        assert [data.rows[index].id for index in order[:2]] == (["globex", "acme"] if reverse else ["acme", "globex"])
    assert "EUR below, without a rate and not added up" in SPEC.footer(data.totals, data.rows)
    assert SPEC.footer(data.totals, data.rows).startswith("2 customers  903.00 USD")
    euro = row_of(PaneData("customers", WINDOW, data.rows[3:], data.totals, []), "acme")
    assert dict(SPEC.explain(euro, "share_pct", data).facts)["Formula"].endswith("currencies are never added up")


def test_the_strip_says_what_else_the_bill_holds() -> None:
    detail = SPEC.detail(row_of(g11(), "acme"), g11())
    assert [one.cells for one in section(detail, "The whole bill")] == [
        ("credits", "−20.00", ""),
        ("tax", "+15.00", ""),
        ("Bill", "320.01", "amortized, all of the above inside it"),
    ]


def test_parents_unfold_to_every_depth() -> None:
    family = [Customer("group"), Customer("north", parent="group"), Customer("east", parent="north"), Customer("west", parent="north")]
    data = build([line("north", "1"), line("east", "20"), line("west", "3")], customers=family)
    lines = section(SPEC.detail(row_of(data, "group"), data), "Customers of it")
    assert [one.cells[:2] for one in lines] == [
        ("north", "24.00"),
        ("  east", "20.00"),
        ("  west", "3.00"),
        ("group itself", "0.00"),
        ("Together", "24.00"),
    ]


def test_unit_costs_have_a_trend_and_their_extremes() -> None:
    days = WINDOW.days[:10]
    usage = [used("acme", "1000", day=day) for day in days]
    lines = [line("acme", str(10 + number), day=day) for number, day in enumerate(days)]
    data = build(lines, usage=usage)
    detail = SPEC.detail(row_of(data, "acme"), data)
    assert dict(detail.facts)["Unit cost"] == "14.500000 USD per 1,000 requests; +1.000000 a day (Theil-Sen, 10 complete days)"
    note = next(one.note for one in detail.sections if one.title == "Usage")
    assert note == "per 1,000 requests: from 10.000000 on 01 Oct to 19.000000 on 10 Oct"


def test_models_stand_in_a_section_of_their_own() -> None:
    sonnet = LedgerLine(
        WINDOW.start,
        "acme",
        "Amazon Bedrock",
        "Usage",
        "USD",
        Decimal(3),
        Decimal(3),
        model="Sonnet",
        usage_kind="input",
        quantity=Decimal(10**6),
    )
    data = build([sonnet, line("globex", "1")])
    assert [one.cells for one in section(SPEC.detail(row_of(data, "acme"), data), "AI models")] == [
        ("Sonnet", "3.00", "1.00 M", "0.003000"),
        ("  input, direct", "3.00", "1.00 M", "0.003000"),
    ]
    assert section(SPEC.detail(row_of(data, "globex"), data), "AI models") == ()


def test_a_row_without_its_parts_still_opens() -> None:
    """As a snapshot brings it back: sums without their days."""
    data = g11()
    bare = msgspec.structs.replace(row_of(data, "acme"), packed=CustomerRow.__struct_defaults__[-1])
    detail = SPEC.detail(bare, data)
    assert section(detail, "Days, newest first") == ()
    assert all(SPEC.explain(bare, column.id, data).facts for column in SPEC.columns)
