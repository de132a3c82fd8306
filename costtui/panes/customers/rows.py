"""Rows of the customers pane: bill, usage and customer list joined."""

from costtui.config import Settings
from costtui.domain.customers.ledger import RowOptions
from costtui.domain.customers.records import CustomerRow, CustomerTotals
from costtui.domain.customers.rows import customer_rows
from costtui.domain.loaded import PaneData
from costtui.panes.inputs import Inputs


def build(inputs: Inputs) -> PaneData[CustomerRow, CustomerTotals]:
    """Every cent of the bill in one row. Without a bill there are no rows: usage alone is no cost."""
    sources, problems = list(inputs.sources), list(inputs.problems)
    lines = inputs.of("bill")
    if not lines:
        nothing = CustomerTotals(None, None, None, None, inputs.settings.customers.display_currency)
        return PaneData("customers", inputs.window, [], nothing, sources, problems)
    rows, totals = customer_rows(
        lines,
        inputs.of("customer-usage"),
        inputs.of("directory"),
        inputs.settings.customers.shared,
        inputs.window,
        options(inputs.settings),
    )
    return PaneData("customers", inputs.window, rows, totals, sources, problems)


def options(settings: Settings) -> RowOptions:
    customers = settings.customers
    return RowOptions(
        display_currency=customers.display_currency,
        fx=settings.fx,
        free_plans=customers.free_plans,
        exclude=customers.exclude,
        team_keys=settings.ownership.team,
        key_name=customers.ordered_keys[0].replace(":", " ") if customers.ordered_keys else "customer key",
    )
