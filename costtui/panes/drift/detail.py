"""What Enter shows of a drifted resource: declared against actual, money, who, what could have stopped it, and how to mend it."""

from dataclasses import replace
from functools import partial

from costtui.domain.drift.guardrails import Guardrail, catalogue, guardrails_for
from costtui.domain.drift.records import Difference, DriftRow, DriftTotals
from costtui.domain.loaded import PaneData
from costtui.panes.drift import explain
from costtui.panes.drift.changes import alike, meaning, rules_of, what
from costtui.panes.drift.remedies import remedies
from costtui.panes.drift.sides import differences, sides, whole
from costtui.panes.spec import Detail, Line, Section
from costtui.panes.words import UNKNOWN, signed, stamp

LAYERS = {
    "service-control-policy": "service control policy",
    "config-rule": "Config rule",
    "required-tag": "required tag",
    "policy-as-code": "policy as code",
}
STOPS = {
    "service-control-policy": "denies the call to whoever makes it by hand",
    "config-rule": "finds it soon after, and can put it back",
    "required-tag": "finds what has no owner",
    "policy-as-code": "stops the same in the code, before it is applied; a change by hand passes it",
}
PRESENCE = {"present": "there", "partly": "in part", "absent": "not there", "unchecked": "not checked"}
FOUND = {
    "present": "it is in place, and the change came all the same: see whom and what it leaves out",
    "partly": "it denies the call under a condition, or for some resources only",
    "absent": "it was looked for and is not in place",
    "unchecked": "nobody could look",
}
UNREAD = {
    "service-control-policy": "the organization's policies",
    "config-rule": "the rules of AWS Config",
    "required-tag": "the required tags",
    "policy-as-code": "the checks of pipelines",
}
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
    if row.construct:
        facts.append(("CDK", row.construct))
    if row.reason:
        facts.append(("Why", row.reason))
    real = [one for one in row.differences if one.class_ != "noise"]
    noise = [one for one in row.differences if one.class_ == "noise"]
    sections = differences("Differences", real, partial(explain.difference, row)) if real else []
    if noise:
        table = differences("Explained, not drift", noise, partial(explain.difference, row))[0]
        told = "; ".join(f"{rule}: {meaning(rule)}" for rule in rules_of(row) if meaning(rule))
        sections.append(Section(table.title, table.lines, table.head, table.widths, note=told))
    return Detail(
        row.address,
        tuple(facts),
        (*sections, *_price(row, data), *_actor(row, data), *_recorded(row), *remedies(row), *_guardrails(row, data), *_alike(row, data)),
    )


def _money(row: DriftRow) -> str:
    if row.monthly_delta is None:
        return row.price_basis or "no property that has a price changed"
    return f"{signed(row.monthly_delta)} $ a month"


def _who(row: DriftRow) -> str:
    if row.changed_by is None:
        return row.changed_note
    via = f", {row.changed_via}" if row.changed_via else ""
    return f"{row.changed_by}{via}, {stamp(row.changed_at)}: {row.changed_event}"


def _price(row: DriftRow, data: Data) -> list[Section]:
    """Both sides; `e` on a line says at which rates and from which source. The work is an assumption and stands apart."""
    why = partial(explain.money, row, data)
    priced = [explain.price(row)] if row.monthly_delta is not None else []
    parts = [*priced, *explain.assumed(row, data)]
    note = row.price_basis or ""
    return [
        replace(part, lines=tuple(replace(line, why=why) for line in part.lines), note=part.note or (note if part in priced else ""))
        for part in parts
    ]


def _actor(row: DriftRow, data: Data) -> list[Section]:
    """The client, where there is more to tell than the line above holds."""
    if not row.changed_agent:
        return []
    line = Line((row.changed_by or UNKNOWN, row.changed_event, row.changed_agent), why=partial(explain.who, row, data))
    return [Section("Changed by", (line,), head=("Who", "Call", "Client"), widths=(0, 0, 0))]


def _recorded(row: DriftRow) -> list[Section]:
    """AWS Config's history, newest first, one line a property."""
    if not row.history and not row.history_note:
        return []
    lines = []
    for change in row.history:
        when = stamp(change.at)
        told: list[Difference | None] = [*change.differences] or [None]
        lines += [_recorded_line(when if number == 0 else "", change.words, one, row) for number, one in enumerate(told)]
    head = ("When", "Property", "Before", "After") if lines else ()
    return [Section("Recorded by AWS Config", tuple(lines), head=head, widths=(20, 0, 0, 0), note=row.history_note)]


def _recorded_line(when: str, words: str, one: Difference | None, row: DriftRow) -> Line:
    if one is None:
        return Line((when, words, "", ""), "dim")
    return Line((when, *sides(one)), behind=partial(whole, one), why=partial(explain.recorded, row, one))


def _guardrails(row: DriftRow, data: Data) -> list[Section]:
    """Nothing for what is no drift; where the catalogue knows no check, that is said."""
    if row.severity == "none":
        return []
    found = guardrails_for(row, data.totals.present)
    title = "Could have been stopped by"
    if not found:
        return [Section(title, (), note=f"No check is known for this change (catalogue of {catalogue().as_of}).")]
    lines = tuple(
        Line(
            (LAYERS[one.layer], one.check, one.tool, _there(one)),
            "" if one.presence in ("present", "partly") else "dim",
            why=partial(_guardrail, row, one),
        )
        for one in found
    )
    unread = sorted({UNREAD[one.layer] for one in found if one.presence == "unchecked"})
    note = f"Not checked: {', '.join(unread)}." if unread else ""
    return [Section(title, lines, head=("Layer", "Check", "Tool", "Is it there?"), widths=(22, 0, 13, 0), note=note)]


def _there(one: Guardrail) -> str:
    return f"{PRESENCE[one.presence]}: {one.by}" if one.by else PRESENCE[one.presence]


def _guardrail(row: DriftRow, one: Guardrail) -> Detail:
    rules = sorted({difference.rule for difference in row.differences if difference.class_ != "noise"})
    facts = (
        ("Layer", f"{LAYERS[one.layer]}: {STOPS[one.layer]}"),
        ("Tool", one.tool),
        ("Is it there?", f"{_there(one)}; {FOUND[one.presence]}"),
        ("Chosen for", f"{row.type}, {', '.join(rules) or row.status}"),
        ("Catalogue", f"{catalogue().source}; {catalogue().as_of}"),
    )
    return Detail(one.check, facts)


def _alike(row: DriftRow, data: Data) -> list[Section]:
    """Other resources that changed in the same way: one cause, or one mistake made many times."""
    if row.tier == "noise" or not row.differences:
        return []
    found = alike(row, data.rows)
    if not found:
        return []
    lines = tuple(Line((other.address, other.scope, what(other)), behind=partial(detail, other, data)) for other in found[:MOST_ALIKE])
    more = f"and {len(found) - MOST_ALIKE} more" if len(found) > MOST_ALIKE else ""
    return [Section(f"Changed in the same way: {len(found)} more", lines, widths=(0, 0, 0), note=more)]
