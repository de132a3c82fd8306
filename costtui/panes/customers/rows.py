"""Rows of the customers pane: bill, usage and customer list joined."""

from collections.abc import Iterator, Sequence

import msgspec

from costtui.config import Settings
from costtui.domain.customers.ledger import BasisError, RowOptions
from costtui.domain.customers.records import Basis, CustomerRow, CustomerTotals
from costtui.domain.customers.rows import customer_rows
from costtui.domain.loaded import PaneData
from costtui.domain.problems import Problem
from costtui.panes.inputs import Inputs

SPELLINGS_NAMED = 3
"""Customers of several spellings that a warning names."""


def build(inputs: Inputs) -> PaneData[CustomerRow, CustomerTotals]:
    """Every cent of the bill in one row. Without a bill there are no rows: usage alone is no cost."""
    lines = inputs.of("bill")
    if not lines:
        return _nothing(inputs)
    try:
        rows, totals = customer_rows(
            lines,
            inputs.of("customer-usage"),
            inputs.of("directory"),
            inputs.settings.customers.shared,
            inputs.window,
            options(inputs.settings, inputs.basis),
            inputs.of("customer-services"),
        )
    except BasisError as error:
        return _nothing(inputs, str(error))
    problems = [*inputs.problems, *_spellings(rows, options(inputs.settings, inputs.basis).key_name)]
    return PaneData("customers", inputs.window, rows, totals, list(inputs.sources), problems)


def _spellings(rows: Sequence[CustomerRow], key: str) -> Iterator[Problem]:
    """One customer that is written in several ways is one row, and worth knowing: somebody else's reports may not see it so."""
    several = [(row.id, spellings) for row in rows if (spellings := row.parts.spellings)]
    if several:
        told = "; ".join(f"{id} as {', '.join(map(repr, spellings))}" for id, spellings in several[:SPELLINGS_NAMED])
        more = f"; and {len(several) - SPELLINGS_NAMED} more" if len(several) > SPELLINGS_NAMED else ""
        yield Problem("warning", "bill", f"one customer written in several ways: {told}{more}", f"settle on one spelling of {key}")


def _nothing(inputs: Inputs, reason: str = "") -> PaneData[CustomerRow, CustomerTotals]:
    """No rows; with a `reason` the sources of the bill failed for this view, whatever they brought."""
    sources, problems = list(inputs.sources), list(inputs.problems)
    if reason:
        bills = [source for source in sources if source.makes_rows]
        what, _, action = reason.partition(": ")
        problems += [Problem("failed", source.name, what, action) for source in bills]
        sources = [msgspec.structs.replace(one, state="failed", as_of=None, detail=reason) if one in bills else one for one in sources]
    totals = CustomerTotals(None, None, None, None, inputs.settings.customers.display_currency, inputs.basis)
    return PaneData("customers", inputs.window, [], totals, sources, problems)


def options(settings: Settings, basis: Basis) -> RowOptions:
    customers = settings.customers
    return RowOptions(
        basis=basis,
        display_currency=customers.display_currency,
        fx=settings.fx,
        free_plans=customers.free_plans,
        exclude=customers.exclude,
        team_keys=settings.ownership.team,
        unit_metric=customers.usage[0].name if customers.usage else None,
        key_name=customers.ordered_keys[0].replace(":", " ") if customers.ordered_keys else "customer key",
    )
