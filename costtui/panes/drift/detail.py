"""What Enter shows of a drifted resource: declared against actual, money, who, what could have stopped it, and how to mend it."""

from functools import partial

from costtui.domain.drift.guardrails import catalogue, guardrails_for
from costtui.domain.drift.records import DriftRow, DriftTotals
from costtui.domain.loaded import PaneData
from costtui.panes.drift.changes import meaning, rules_of, what
from costtui.panes.drift.remedies import remedies
from costtui.panes.drift.sides import differences
from costtui.panes.spec import Detail, Line, Section
from costtui.panes.words import UNKNOWN, signed, stamp

LAYERS = {
    "service-control-policy": "service control policy",
    "config-rule": "Config rule",
    "required-tag": "required tag",
    "policy-as-code": "policy as code",
}
PRESENCE = {"present": "there", "absent": "not there", "unchecked": "not checked"}
MOST_ALIKE = 20

Data = PaneData[DriftRow, DriftTotals]


def detail(row: DriftRow, data: Data) -> Detail:
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
    sections = differences("Differences", real) if real else []
    if noise:
        table = differences("Explained, not drift", noise)[0]
        told = "; ".join(f"{rule}: {meaning(rule)}" for rule in rules_of(row) if meaning(rule))
        sections.append(Section(table.title, table.lines, table.head, table.widths, note=told))
    return Detail(row.address, tuple(facts), (*sections, *remedies(row), *_guardrails(row, data), *_alike(row, data)))


def _money(row: DriftRow) -> str:
    if row.monthly_delta is None:
        return row.price_basis or "no property that has a price changed"
    return f"{signed(row.monthly_delta)} $ a month: {row.price_basis}"


def _who(row: DriftRow) -> str:
    if row.changed_by is None:
        return row.changed_note
    via = f", {row.changed_via}" if row.changed_via else ""
    return f"{row.changed_by}{via}, {stamp(row.changed_at)}: {row.changed_event}"


def _guardrails(row: DriftRow, data: Data) -> list[Section]:
    """Nothing for what is no drift; where the catalogue knows no check, that is said."""
    if row.severity == "none":
        return []
    found = guardrails_for(row, data.totals.present)
    title = "Could have been stopped by"
    if not found:
        return [Section(title, (), note=f"No check is known for this change (catalogue of {catalogue().as_of}).")]
    lines = tuple(
        Line((LAYERS[one.layer], one.check, one.tool, PRESENCE[one.presence]), "" if one.presence == "present" else "dim") for one in found
    )
    note = "Service control policies and the checks of pipelines are not read." if any(one.presence == "unchecked" for one in found) else ""
    return [Section(title, lines, head=("Layer", "Check", "Tool", "Is it there?"), widths=(22, 0, 13, 0), note=note)]


def _alike(row: DriftRow, data: Data) -> list[Section]:
    """Other resources that changed in the same way: one cause, or one mistake made many times."""
    if row.tier == "noise" or not row.differences:
        return []
    found = [other for other in data.rows if other.id != row.id and _same_change(row, other)]
    if not found:
        return []
    lines = tuple(Line((other.address, other.scope, what(other)), behind=partial(detail, other, data)) for other in found[:MOST_ALIKE])
    more = f"and {len(found) - MOST_ALIKE} more" if len(found) > MOST_ALIKE else ""
    return [Section(f"Changed in the same way: {len(found)} more", lines, widths=(0, 0, 0), note=more)]


def _same_change(one: DriftRow, other: DriftRow) -> bool:
    return (one.type, one.status, len(one.differences)) == (other.type, other.status, len(other.differences)) and all(
        (here.path, here.expected, here.actual) == (there.path, there.expected, there.actual)
        for here, there in zip(one.differences, other.differences, strict=True)
    )
