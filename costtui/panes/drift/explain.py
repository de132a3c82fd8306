"""How each value of a drifted resource came about: severity, tier, money, who, and where it was read."""

from collections.abc import Callable
from functools import partial

from costtui.domain.drift.price_terms import TABLES
from costtui.domain.drift.records import Difference, DriftRow, DriftTotals, Source
from costtui.domain.drift.severity.meanings import MONEY, RULES, STATUSES
from costtui.domain.drift.vocabulary import canonical_type
from costtui.domain.loaded import PaneData
from costtui.domain.money import total
from costtui.domain.prices.price_book import price_book
from costtui.panes.drift.changes import NOTHING, meaning, side, what
from costtui.panes.spec import Detail, Line, Section
from costtui.panes.words import UNKNOWN, signed, stamp

Data = PaneData[DriftRow, DriftTotals]

SOURCES: dict[Source, str] = {
    "cloudformation": "CloudFormation drift detection: declared properties only, as AWS compares them",
    "terraform": "the plan's resource_drift: the last state against what was there when it was refreshed",
    "aws-config": "an evaluation of AWS Config, as the rule reports it",
    "azure-policy": "Azure Policy states, and the resource changes of the last 14 days",
}
HEAD, WIDTHS = ("", "Property", "Class", "Rule", "What the rule says"), (1, 24, 9, 20, 0)
TIERS = {
    "declared": "declared: the code sets it",
    "undeclared": "undeclared: the code does not set it, or the next apply leaves it as it is",
    "noise": "noise: both sides mean the same, or the user's own list leaves it out",
}


def explain(row: DriftRow, column: str, data: Data) -> Detail:
    """The value in `column` of `row`. A column that is only read says from where."""
    told = _EXPLAINED.get(column)
    return told(row, data) if told else read(row, column)


def severity(row: DriftRow, data: Data) -> Detail:  # noqa: ARG001 - one signature for every column
    facts = [("Severity", row.severity), ("Tier", TIERS[row.tier])]
    if row.severity == "none":
        why = "nothing that was found differs" if row.status in ("in-sync", "unknown") else "explained or ignored: no drift to weigh"
        return Detail(f"Severity of {row.address}", (*facts, ("Why", why)), _noise(row))
    facts.append(("Decided by", _decided_by(row)))
    marked = any(one.path == row.weighed_by for one in _real(row))
    lines = tuple(property_line(row, one, mark="◆" if one.path == row.weighed_by else "") for one in _real(row))
    note = "The worst of all weighs; ◆ marks it." if marked else "The worst of all weighs; here something else does."
    sections = [Section("Weighed", lines, head=HEAD, widths=WIDTHS, note=note)] if lines else []
    if row.monthly_delta is not None and row.weighed_by != "money":
        sections.append(Section("Money", (Line((MONEY, signed(row.monthly_delta))),), widths=(0, 12), right=frozenset({1})))
    return Detail(f"Severity of {row.address}", tuple(facts), (*sections, *_noise(row)))


def _decided_by(row: DriftRow) -> str:
    if row.weighed_by == "money":
        return f"money, {signed(row.monthly_delta)} $ a month: {MONEY}"
    if row.weighed_by == "status":
        return f"status {row.status}: {STATUSES.get(row.status, row.status)}"
    found = next((one for one in _real(row) if one.path == row.weighed_by), None)
    return f"{found.path or 'the whole resource'}, rule {found.rule}: {RULES.get(found.rule, found.rule)}" if found else UNKNOWN


def property_line(row: DriftRow, one: Difference, mark: str = "") -> Line:
    cells = (mark, one.path or "the whole resource", one.class_, one.rule, meaning(one.rule) or RULES.get(one.rule, ""))
    return Line(cells, why=partial(difference, row, one))


def difference(row: DriftRow, one: Difference) -> Detail:
    """One property: what was compared, and under which rule it is judged."""
    hidden = _kept(one) if one.redacted else ""
    facts = [
        ("Declared", side(one, one.expected)),
        ("Actual", side(one, one.actual)),
        ("Change", {"add": "it came", "remove": "it went", "change": "it changed"}[one.op]),
        ("Class", one.class_),
    ]
    facts += [("Rule", f"{rule}: {meaning(rule) or RULES.get(rule, '') or row.reason}") for rule in one.rule.split()]
    facts += [("Values", hidden)] if hidden else []
    return Detail(one.path or "the whole resource", (*facts, ("Read from", _read_from(row))))


def recorded(row: DriftRow, one: Difference) -> Detail:
    """One property of a change in AWS Config's history."""
    facts = [("Before", side(one, one.expected)), ("After", side(one, one.actual))]
    facts += [("Values", _kept(one))] if one.redacted else []
    where = f"GetResourceConfigHistory of AWS Config, {row.region}: two recorded states, the one after the other"
    return Detail(one.path or "the whole resource", (*facts, ("Read from", where)))


def _kept(one: Difference) -> str:
    """What is left of a secret."""
    taken_out = "secret: compared when it was read, then taken out; not kept anywhere"
    if not one.fingerprint:
        return taken_out
    return f"{taken_out}. Fingerprint {one.fingerprint}, made with a key that only this cache has: it changes when the secret does"


def status(row: DriftRow, data: Data) -> Detail:  # noqa: ARG001 - one signature for every column
    facts = [("What", what(row)), ("Status", row.status), ("Tier", TIERS[row.tier])]
    facts += [("Why", row.reason)] if row.reason else []
    lines = tuple(property_line(row, one) for one in _real(row))
    real = (Section("Differs", lines, head=HEAD, widths=WIDTHS),) if lines else ()
    return Detail(f"What drifted: {row.address}", (*facts, ("Read from", _read_from(row))), (*real, *_noise(row)))


def _noise(row: DriftRow) -> tuple[Section, ...]:
    """The explained properties, each under the rule that shows its sides equal."""
    found = [one for one in row.differences if one.class_ == "noise"]
    lines = tuple(property_line(row, one) for one in found)
    note = "A rule hides only what is equal: one element more is reported."
    return (
        (Section("Explained", lines, head=("", "Property", "Class", "Rule", "Why"), widths=(1, 24, 9, 8, 0), note=note),) if found else ()
    )


def money(row: DriftRow, data: Data) -> Detail:
    title = f"Money of {row.address}"
    if row.monthly_delta is None:
        why = row.price_basis or "no property that has a price changed"
        return Detail(title, (("$ a month", UNKNOWN if row.price_basis else NOTHING), ("Why", why)), assumed(row, data))
    facts = (
        ("$ a month", f"{signed(row.monthly_delta)} = actual − declared"),
        ("Basis", row.price_basis or UNKNOWN),
        ("Source", _price_source(row)),
        ("Rounding", "none before the last line, then half to even"),
    )
    return Detail(title, facts, (price(row), *assumed(row, data)))


def price(row: DriftRow) -> Section:
    """Both sides, term by term, and what is between them."""
    lines = []
    for name, actual in (("declared", False), ("actual", True)):
        terms = [term for term in row.price_terms if term.actual == actual]
        lines += [Line((name, term.words, f"{term.monthly:,.2f}")) for term in terms]
        if len(terms) != 1:
            words = "together" if terms else "nothing to pay for"
            lines.append(Line((name, words, f"{total(term.monthly for term in terms):,.2f}"), "dim"))
    lines.append(Line(("difference", "actual − declared", signed(row.monthly_delta)), "good"))
    return Section("Price, $ a month", tuple(lines), head=("Side", "Made of", "USD"), widths=(10, 0, 14), right=frozenset({2}))


def _price_source(row: DriftRow) -> str:
    book, table = price_book(), TABLES.get(canonical_type(row.type))
    if table is None:
        return f"price book, {book.source}, {book.as_of}"
    return f"price book, {table}: {book.resources.table_sources.get(table, book.resources.source)}; {book.resources.as_of}"


def assumed(row: DriftRow, data: Data) -> tuple[Section, ...]:
    """Work, where the user puts a figure on it: an assumption, apart from what the cloud charges."""
    each = data.totals.remediation_usd_per_resource
    if each is None or row.severity == "none":
        return ()
    line = Line(("assumed", "work to mend one resource, once: [drift] remediation_usd_per_resource", f"{each:,.2f}"))
    note = "An assumption of yours, not a cloud charge: it is in no total of money."
    return (Section("Work, USD", (line,), widths=(10, 0, 14), right=frozenset({2}), note=note),)


def who(row: DriftRow, data: Data) -> Detail:  # noqa: ARG001 - one signature for every column
    title = f"Who changed {row.address}"
    trail = "Azure's resource changes" if row.source == "azure-policy" else "CloudTrail LookupEvents, management events of 90 days"
    asked = ("Asked", f"{trail}, by the resource's id")
    if row.changed_by is None:
        return Detail(title, (("Who", row.changed_note or UNKNOWN), asked), (_trail_note(),))
    facts = (
        ("Who", row.changed_by),
        ("When", stamp(row.changed_at)),
        ("By", f"{row.changed_via or UNKNOWN}: {VIA.get(row.changed_via or '', 'how is not told')}"),
        ("Call", row.changed_event or UNKNOWN),
        ("Client", row.changed_agent or UNKNOWN),
        asked,
    )
    return Detail(title, facts, (_trail_note(),))


VIA = {
    "console": "the sign-in or the client is the console's",
    "cli": "the client names itself aws-cli",
    "service": "another AWS service called on somebody's behalf",
    "sdk": "a program",
}


def _trail_note() -> Section:
    return Section(
        "How it was chosen",
        (),
        note="The last change to the resource, by preference with a call whose name speaks of the property. Reads, failed calls and our "
        "own infrastructure code are left out. The user agent is what the client says of itself.",
    )


def read(row: DriftRow, column: str) -> Detail:
    """A value that is read and not worked out."""
    value = {
        "address": row.address,
        "type": row.type,
        "scope": row.scope,
        "source": row.source,
        "region": row.region,
        "team": row.team,
    }.get(column)
    facts = [("Value", value or UNKNOWN), ("Read from", _read_from(row))]
    if column == "team":
        facts.append(("Chosen", "the first place of [ownership] team that says something: the resource's tags, or its account's name"))
    if column == "region":
        facts.append(("Chosen", "the resource's own ARN, region or zone; else its provider's or the asked region"))
    return Detail(f"{column} of {row.address}", tuple(facts))


def _read_from(row: DriftRow) -> str:
    return f"{SOURCES[row.source]}; {row.scope}, {stamp(row.last_checked)}"


def _real(row: DriftRow) -> list[Difference]:
    return [one for one in row.differences if one.class_ != "noise"]


_EXPLAINED: dict[str, Callable[[DriftRow, Data], Detail]] = {
    "severity": severity,
    "status": status,
    "what": status,
    "monthly_delta": money,
    "changed_by": who,
    "changed_at": who,
}
