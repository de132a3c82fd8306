"""What Enter shows of a drifted resource: declared against actual, money, who, and the rule that judged each property."""

import json
from functools import partial

from costtui.domain.drift.records import Difference, DriftRow, DriftTotals
from costtui.domain.loaded import PaneData
from costtui.panes.drift.changes import NOTHING, side
from costtui.panes.spec import Detail, Line, Section
from costtui.panes.words import UNKNOWN, signed, stamp


def detail(row: DriftRow, data: PaneData[DriftRow, DriftTotals]) -> Detail:  # noqa: ARG001 - every pane's detail has this shape
    facts = [
        ("What", f"{row.severity}, {row.status}, {row.tier}"),
        ("Resource", f"{row.type}  {row.physical_id or ''}".strip()),
        ("Declared in", f"{row.scope} ({row.source})"),
        ("Where", f"{row.account_name or row.account or UNKNOWN}, {row.region or UNKNOWN}"),
        ("Owner", f"team {row.team or UNKNOWN}, environment {row.environment or UNKNOWN}"),
        ("Money", _money(row)),
        ("Who", _who(row)),
        ("Checked", stamp(row.last_checked)),
    ]
    if row.reason:
        facts.append(("Why", row.reason))
    real = [one for one in row.differences if one.class_ != "noise"]
    noise = [one for one in row.differences if one.class_ == "noise"]
    sections = [_differences("Differences", real)] if real else []
    if noise:
        sections.append(_differences("Explained, not drift", noise))
    return Detail(row.address, tuple(facts), tuple(sections))


def _differences(title: str, differences: list[Difference]) -> Section:
    lines = tuple(Line(_difference_cells(one), behind=partial(_whole, one)) for one in differences)
    return Section(title, lines, head=("Property", "Declared", "Actual", "Class, rule"), widths=(30, 24, 24, 0))


def _difference_cells(one: Difference) -> tuple[str, ...]:
    return one.path, side(one, one.expected), side(one, one.actual), f"{one.class_} {one.rule}".strip()


def _whole(one: Difference) -> Detail:
    """Both sides in full, JSON laid out."""
    return Detail(
        one.path,
        (("Change", one.op), ("Class", one.class_), ("Rule", one.rule or NOTHING)),
        (_side_section("Declared", one, one.expected), _side_section("Actual", one, one.actual)),
    )


def _side_section(title: str, one: Difference, text: str | None) -> Section:
    if text is None or one.redacted:
        return Section(title, (Line((side(one, text),), "dim"),))
    try:
        shown = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        shown = text
    return Section(title, tuple(Line((line,)) for line in shown.splitlines()))


def _money(row: DriftRow) -> str:
    if row.monthly_delta is None:
        return f"unpriced: {row.price_basis}" if row.price_basis else "no property that has a price changed"
    return f"{signed(row.monthly_delta)} $ a month ({row.price_basis})" if row.price_basis else f"{signed(row.monthly_delta)} $ a month"


def _who(row: DriftRow) -> str:
    if row.changed_by is None:
        return row.changed_note
    via = f", {row.changed_via}" if row.changed_via else ""
    return f"{row.changed_by}{via}, {stamp(row.changed_at)}: {row.changed_event}"
