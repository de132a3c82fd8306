"""A little of every pane: a sentence to paste to a colleague, the rows that deserve a look, and how far it all can be trusted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from costtui.domain.customers.records import NOBODY, CustomerRow, CustomerTotals
from costtui.domain.drift.records import DriftRow, DriftTotals
from costtui.domain.functions.records import FunctionRow, FunctionTotals
from costtui.domain.loaded import PaneData, SourceState
from costtui.domain.money import EXACT
from costtui.panes.drift.changes import what
from costtui.panes.spec import Detail, Line, PaneSpec, Section, Tone
from costtui.panes.words import NOT_APPLICABLE, UNKNOWN, age, money, of_sources, percent, signed

Data = PaneData[Any, Any]
SHORT = {"x86_64": "x86", "arm64": "arm"}
TONES: dict[str, Tone] = {"critical": "worst", "high": "bad", "medium": "warn"}


class Situation(NamedTuple):
    """What the overview says beside the panes."""

    now: datetime
    period: str
    """In words: "30 days to 19 Nov"."""
    paid: str
    """What asking has cost today, in words."""


class Overview(NamedTuple):
    detail: Detail
    rows: Sequence[tuple[str, str] | None]
    """Pane id and row id behind each line of the detail's sections."""
    sentences: Sequence[str]


def overview(
    panes: Sequence[PaneSpec[Any, Any]],
    heads: Mapping[str, Data],
    missing: Mapping[str, str],
    situation: Situation,
    most: int,
    news: Sequence[str] = (),
) -> Overview:
    """`heads` holds the first rows of each pane with all its totals; `missing` says of the others why there is nothing. At most `most`
    rows of each pane."""
    facts, sentences = [], []
    for spec in panes:
        if spec.id in heads:
            sentences.append(sentence(spec, heads[spec.id], situation.period))
            facts.append((spec.title, sentences[-1]))
        else:
            facts.append((spec.title, missing.get(spec.id, "nothing is stored")))
    facts += [("Month end", words) for data in heads.values() if (words := month_end(data.totals))]
    facts += [("What is new", words) for words in news]
    sources = list({source.name: source for data in heads.values() for source in data.sources}.values())
    if sources:
        facts.append(("Sources", _sources(sources, situation.now)))
    facts.append(("Paid calls", situation.paid))
    lines, rows = [], list[tuple[str, str] | None]()
    for spec in panes:
        if spec.id in heads:
            for row in worst(heads[spec.id].rows, spec)[:most]:
                lines.append(_line(spec, row, heads[spec.id]))
                rows.append((spec.id, spec.row_id(row)))
    section = Section("Worth a look", tuple(lines), widths=(10, 0, 0, 12), right=frozenset({3}))
    return Overview(Detail("Overview", tuple(facts), (section,) if lines else ()), rows, sentences)


def _sources(sources: Sequence[SourceState], now: datetime) -> str:
    """How many are fresh and how old the oldest of them is; the others by name."""
    fresh = [source for source in sources if source.state == "fresh"]
    oldest = min((source.as_of for source in fresh if source.as_of is not None), default=None)
    words = f"{len(fresh)} fresh, the oldest {age(oldest, now)}" if fresh else "none is fresh"
    others = of_sources([source for source in sources if source.state != "fresh"], now)
    return f"{words} · {others}" if others else words


def sentence(spec: PaneSpec[Any, Any], data: Data, period: str) -> str:
    """One sentence with its dollars."""
    totals, rows = data.totals, data.rows
    if isinstance(totals, FunctionTotals):
        return _functions(totals, rows, period)
    if isinstance(totals, DriftTotals):
        return _drift(totals, rows)
    if isinstance(totals, CustomerTotals):
        return _customers(totals, rows, period)
    return f"{spec.headline(totals)}."


def _functions(totals: FunctionTotals, rows: Sequence[FunctionRow], period: str) -> str:
    dear = rows[0] if rows else None
    most = f"; {dear.name} alone {money(dear.cost.total)}" if dear is not None and dear.cost.total else ""
    saving = f"; other memory sizes would save {money(totals.monthly_saving)} a month" if totals.monthly_saving else ""
    return f"{totals.functions:,} functions cost {money(totals.cost)} {totals.currency} at list price in {period}{most}{saving}."


def _drift(totals: DriftTotals, rows: Sequence[DriftRow]) -> str:
    if not totals.real:
        return f"Nothing drifted for real: {totals.checked:,} resources were checked, {totals.explained:,} differences are explained."
    critical = f", {totals.critical} of them critical" if totals.critical else ""
    cost = f" and add {signed(totals.monthly_delta)} {totals.currency} a month" if totals.monthly_delta is not None else ""
    priced = [row for row in rows if row.tier != "noise" and row.monthly_delta]
    dear = max(priced, key=lambda row: abs(row.monthly_delta or Decimal(0)), default=None)
    who = f" by {dear.changed_by}" if dear is not None and dear.changed_by else ""
    most = f"; the dearest is {dear.address}, {what(dear)}{who}, {signed(dear.monthly_delta)}" if dear is not None else ""
    return f"{totals.real:,} resources drifted{critical}{cost}{most}."


def _customers(totals: CustomerTotals, rows: Sequence[CustomerRow], period: str) -> str:
    if totals.billed is None:
        return f"No bill is known for {period}."
    ranked = [row for row in rows if row.id not in NOBODY]
    dear = ranked[0] if ranked else None
    most = f"; {dear.name} takes {money(dear.total)} of it ({percent(dear.share_pct, 0)})" if dear is not None else ""
    losing = [row for row in ranked if row.margin is not None and row.margin < 0]
    lost = EXACT.add(Decimal(0), sum((row.margin for row in losing if row.margin is not None), Decimal(0)))
    names = ", ".join(row.name for row in losing[:2]) + (f" and {len(losing) - 2} more" if len(losing) > 2 else "")
    loss = f"; {names} {'costs' if len(losing) == 1 else 'cost'} {money(-lost)} more than they pay" if losing else ""
    basis = totals.basis.replace("-", " ")
    return f"The bill of {period} is {money(totals.billed)} {totals.currency} ({basis}){most}{loss}."


def month_end(totals: object) -> str:
    """The range that the month is likely to end in; empty where no bill of this month allows it."""
    forecast = getattr(totals, "forecast", None)
    if forecast is None:
        return ""
    return (
        f"{money(forecast.low, 0)} to {money(forecast.high, 0)} {totals.currency}, "  # type: ignore[attr-defined]
        f"{money(forecast.so_far, 0)} so far, {forecast.remaining_days} days to go"
    )


def worst(rows: Sequence[Any], spec: PaneSpec[Any, Any]) -> list[Any]:
    """The pane's own order, and customers that cost more than they pay first."""
    shown = [row for row in rows if not spec.hidden(row) and getattr(row, "id", "") not in NOBODY]
    if shown and isinstance(shown[0], CustomerRow):
        dear = shown[:1]
        losing = sorted((row for row in shown[1:] if row.margin is not None and row.margin < 0), key=lambda row: row.margin)
        return [*dear, *losing, *(row for row in shown[1:] if row not in losing)]
    return shown


def _line(spec: PaneSpec[Any, Any], row: Any, data: Data) -> Line:
    def behind() -> Detail:
        return spec.row_detail(row, data)

    if isinstance(row, FunctionRow):
        verdict = f", {row.recommendation.words}" if row.recommendation else ""
        about = f"{row.memory_mb} MB {SHORT.get(row.architecture, row.architecture)}{verdict}"
        return Line(("function", row.name, about, money(row.cost.total)), behind=behind)
    if isinstance(row, DriftRow):
        who = f", {row.changed_by}" if row.changed_by else ""
        cells = (row.severity, row.address, f"{what(row)}{who}", _delta(row))
        return Line(cells, TONES.get(row.severity, ""), behind)
    if isinstance(row, CustomerRow):
        about = ", ".join(part for part in (row.plan or "", _margin(row), " ".join(row.flags)) if part)
        loses = row.margin is not None and row.margin < 0
        return Line(("customer", row.name, about, money(row.shown.total)), "bad" if loses else "", behind)
    name = next((column for column in spec.columns if column.grows), spec.columns[0])
    return Line((spec.title, name.text(row), "", money(spec.money(row))), behind=behind)


def _delta(row: DriftRow) -> str:
    if row.monthly_delta is None:
        return UNKNOWN if row.price_basis else NOT_APPLICABLE
    return f"{signed(row.monthly_delta)}/mo"


def _margin(row: CustomerRow) -> str:
    if row.margin_pct is not None:
        return f"margin {signed(row.margin_pct, 0)}%"
    return f"margin {signed(row.margin)}" if row.margin else ""
