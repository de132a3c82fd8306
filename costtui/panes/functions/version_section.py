"""Versions, aliases and provisioned concurrency of a function, as far as they were asked for."""

from collections.abc import Iterator
from decimal import Decimal

from costtui.domain.functions.bill_records import Alias, FunctionVersions, ProvisionedSetting, Version
from costtui.domain.functions.records import FunctionRow
from costtui.panes.spec import Line, Section
from costtui.panes.words import NOT_APPLICABLE, UNKNOWN, count, number, percent, stamp

NEWEST = 8
"""As many versions are shown: old ones pile up, and are rarely called."""
NOT_ASKED = "its versions and aliases were not asked for; each may have a memory size and provisioned concurrency of its own"


def version_sections(row: FunctionRow) -> Iterator[Section]:
    known = row.versions
    if known is None or known.reason:
        yield Section("Versions", (Line((known.reason if known else NOT_ASKED,), "dim"),))
        return
    if known.versions:
        yield _versions(row, known)
    if known.aliases:
        yield _aliases(known)
    if known.provisioned:
        yield _provisioned(known)


def _versions(row: FunctionRow, known: FunctionVersions) -> Section:
    newest = sorted(known.versions, key=lambda one: (one.number.isdigit(), int(one.number) if one.number.isdigit() else 0), reverse=True)
    latest = [one for one in newest if not one.number.isdigit()]
    shown = [*latest, *(one for one in newest if one.number.isdigit())][:NEWEST]
    older = len(newest) - len(shown)
    return Section(
        "Versions",
        tuple(Line(_version(row, one, known)) for one in shown),
        head=("Version", "MB", "Arch", "Runtime", "Published", "Calls", ""),
        widths=(9, 6, 7, 12, 20, 9, 0),
        right=frozenset({1, 5}),
        note=f"{older} older versions are not shown" if older else "",
    )


def _version(row: FunctionRow, one: Version, known: FunctionVersions) -> tuple[str, ...]:
    calls = _calls(known, one.number)
    words = [f"alias {alias.name}" for alias in known.aliases if one.number == alias.version or one.number in alias.weights]
    words += ["snapshot"] if one.snap_start else []
    words += [f"not the {row.memory_mb} MB of the function"] if one.memory_mb != row.memory_mb else []
    published = stamp(one.published) if one.published else NOT_APPLICABLE
    return one.number, str(one.memory_mb), one.architecture, one.runtime or NOT_APPLICABLE, published, calls, ", ".join(words)


def _calls(known: FunctionVersions, qualifier: str) -> str:
    return count(next((use.invocations for use in known.uses if use.qualifier == qualifier), None)) if known.uses else UNKNOWN


def _aliases(known: FunctionVersions) -> Section:
    return Section(
        "Aliases",
        tuple(Line((alias.name, _shares(alias), _calls(known, alias.name), _mean(known, alias.name))) for alias in known.aliases),
        head=("Alias", "Version", "Calls", "Mean ms"),
        widths=(20, 24, 9, 10),
        right=frozenset({2, 3}),
    )


def _shares(alias: Alias) -> str:
    others = [f"{version} {_percent(share)}" for version, share in sorted(alias.weights.items())]
    rest = 1 - sum(alias.weights.values())
    return ", ".join([f"{alias.version} {_percent(rest)}", *others]) if others else alias.version


def _percent(share: float) -> str:
    return percent(Decimal(repr(share)) * 100, 0)


def _mean(known: FunctionVersions, qualifier: str) -> str:
    use = next((use for use in known.uses if use.qualifier == qualifier), None)
    return number(use.duration_ms / use.invocations) if use and use.invocations else UNKNOWN


def _provisioned(known: FunctionVersions) -> Section:
    return Section(
        "Provisioned concurrency",
        tuple(Line(_setting(one)) for one in known.provisioned),
        head=("Version or alias", "Wanted", "Ready", "State", "Since"),
        widths=(20, 8, 8, 14, 20),
        right=frozenset({1, 2}),
        note=_served(known),
    )


def _setting(one: ProvisionedSetting) -> tuple[str, ...]:
    return one.qualifier, f"{one.requested:,}", f"{one.allocated:,}", one.status, stamp(one.since)


def _served(known: FunctionVersions) -> str:
    paid = "billed while it is configured, used or not"
    return paid if known.provisioned_calls is None else f"{paid}; it served {known.provisioned_calls:,} calls of the window"
