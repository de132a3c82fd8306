"""The model of all functions beside Lambda's bill, for the end of a function's detail."""

from collections.abc import Iterator

from costtui.domain.money import EXACT
from costtui.panes.functions.facts import Functions, window_words
from costtui.panes.functions.meter_words import METERS
from costtui.panes.spec import Line, Section
from costtui.panes.words import NOT_APPLICABLE, money, signed


def reconciliation(data: Functions) -> Iterator[Section]:
    totals = data.totals
    if totals.billed is None or totals.residual is None:
        return
    lines = [
        Line(
            (
                f"{METERS.get(line.meter, line.meter)}, {line.architecture or 'both'}",
                line.region,
                money(line.modelled),
                money(line.billed),
                signed(line.residual) if line.residual is not None else NOT_APPLICABLE,
                ", ".join(line.usage_types),
            )
        )
        for line in totals.reconciled
    ]
    modelled = EXACT.subtract(totals.billed, totals.residual)
    lines.append(Line(("Together", "", money(modelled), money(totals.billed), signed(totals.residual), ""), "good"))
    yield Section(
        "All functions: model and bill",
        tuple(lines),
        head=("Meter", "Region", "Model $", "Bill $", "Residual", "Usage types"),
        widths=(27, 12, 11, 11, 11, 0),
        right=frozenset({2, 3, 4}),
        note=f"Cost Explorer, amortized, without credits and tax, {window_words(data)}: the residual is INIT, rounding up, discounts, "
        "Savings Plans, versions, days at another memory size, and functions that are gone",
    )
