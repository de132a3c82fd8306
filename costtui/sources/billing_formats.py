"""The formats of billing exports: FOCUS 1.0 to 1.3, CUR legacy and CUR 2.0, each a table of SQL by the names of a ledger line.

Only this file knows the columns of exports (focus.finops.org; AWS Cost and Usage Report data dictionary).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from costtui.sources.billing_sql import NO_MONEY, NULL, Query

Fields = dict[str, str]
"""SQL by what it gives."""

FOCUS_REQUIRED = ("ChargePeriodStart", "BilledCost", "EffectiveCost", "BillingCurrency", "ChargeCategory", "ServiceName")
CUR_REQUIRED = ("line_item_usage_start_date", "line_item_unblended_cost", "line_item_currency_code", "line_item_line_item_type")
ZERO = "cast(0 as decimal(38,12))"


class NoFormat(ValueError):
    """Columns that are no export's; `what` and `action` are for the user."""

    def __init__(self, what: str, action: str) -> None:
        super().__init__(what)
        self.what, self.action = what, action


class Format(NamedTuple):
    """An export's format: its family, the version that its columns tell, and the SQL of its fields."""

    family: str
    version: str
    fields: Callable[[Query], Fields]

    @property
    def words(self) -> str:
        return f"{self.family} {self.version}"


def format_of(query: Query) -> Format:
    """Raises NoFormat, which names the columns that are missing."""
    if any(query.has(name) for name in ("BilledCost", "EffectiveCost", "ChargePeriodStart")):
        _require(query, FOCUS_REQUIRED, "FOCUS")
        marks = {"1.3": "ServiceProviderName", "1.2": "InvoiceId", "1.1": "SkuMeter"}
        return Format("FOCUS", next((version for version, name in marks.items() if query.has(name)), "1.0"), focus)
    if any(name.startswith("line_item_") for name in query.columns):
        _require(query, CUR_REQUIRED, "CUR")
        return Format("CUR", "2.0" if any(query.has(name) for name in ("resource_tags", "product", "tags")) else "legacy", cur)
    raise NoFormat("its columns are neither FOCUS nor CUR", "point it at a billing export")


def _require(query: Query, needed: Sequence[str], name: str) -> None:
    if missing := [column for column in needed if not query.has(column)]:
        raise NoFormat(f"a {name} export without {', '.join(missing)}", "export it with these columns")


def focus(query: Query) -> Fields:
    """A ledger line's fields from FOCUS columns."""
    return {
        "day": query.day("ChargePeriodStart"),
        "moment": query.moment("ChargePeriodStart"),
        "period_start": query.day("BillingPeriodStart"),
        "period_end": query.day("BillingPeriodEnd"),
        "service": query.text("ServiceName"),
        "category": query.text("ChargeCategory"),
        "currency": query.text("BillingCurrency"),
        "billed": query.money("BilledCost"),
        "effective": query.money("EffectiveCost"),
        "net_effective": NO_MONEY,
        "list_cost": query.money("ListCost"),
        "commitment": query.text("CommitmentDiscountStatus"),
        "account": query.text("SubAccountId", "BillingAccountId"),
        "region": query.text("RegionId", "Region"),
        "usage_type": query.text("x_UsageType", "SkuMeter"),
        "resource": query.text("ResourceId"),
        "meter": query.text("x_UsageType", "SkuMeter", "ChargeDescription"),
        "unit": query.text("ConsumedUnit", "PricingUnit"),
        "quantity": query.money("ConsumedQuantity", query.money("PricingQuantity")),
        "model": query.text("x_Model", "ResourceName"),
    }


_EFFECTIVE = """case {kind} when 'DiscountedUsage' then {reserved} when 'SavingsPlanCoveredUsage' then {covered}
 when 'SavingsPlanNegation' then 0 when 'SavingsPlanUpfrontFee' then 0 when 'SavingsPlanRecurringFee' then {plan_unused}
 when 'RIFee' then {ri_unused} when 'Fee' then case when {reservation} <> '' then 0 else {unblended} end else {unblended} end"""
"""Amortized cost by line type (AWS CUR dictionary; AWS Cloud Intelligence Dashboards use the same table)."""

_CATEGORY = """case {kind} when 'Tax' then 'Tax' when 'Credit' then 'Credit' when 'Refund' then 'Adjustment'
 when 'Fee' then 'Purchase' when 'RIFee' then 'Purchase' when 'SavingsPlanRecurringFee' then 'Purchase'
 when 'SavingsPlanUpfrontFee' then 'Purchase' when 'EdpDiscount' then 'Adjustment' when 'PrivateRateDiscount' then 'Adjustment'
 when 'BundledDiscount' then 'Adjustment' when 'Discount' then 'Adjustment' else 'Usage' end"""

_COMMITMENT = """case when {kind} in ('DiscountedUsage', 'SavingsPlanCoveredUsage') then 'Used'
 when {kind} in ('RIFee', 'SavingsPlanRecurringFee') then 'Unused' else '' end"""


def cur(query: Query) -> Fields:
    """A ledger line's fields from CUR columns (legacy CSV, legacy Parquet and CUR 2.0 under one set of names)."""
    kind, unblended = query.text("line_item_line_item_type"), query.money("line_item_unblended_cost")
    has_net = query.has("line_item_net_unblended_cost")
    return {
        "day": query.day("line_item_usage_start_date"),
        "moment": query.moment("line_item_usage_start_date"),
        "period_start": query.day("bill_billing_period_start_date"),
        "period_end": query.day("bill_billing_period_end_date"),
        "service": f"coalesce({_product(query, 'product_name')}, {query.text('line_item_product_code')}, 'unknown')",
        "category": _CATEGORY.format(kind=kind),
        "currency": query.text("line_item_currency_code"),
        "billed": unblended,
        "effective": _amortized(query, "", kind),
        "net_effective": _amortized(query, "net_", kind) if has_net else NO_MONEY,
        "list_cost": f"coalesce({query.money('pricing_public_on_demand_cost')}, {unblended})",
        "commitment": _COMMITMENT.format(kind=kind),
        "account": query.text("line_item_usage_account_id"),
        "region": f"coalesce({_product(query, 'region_code')}, {_product(query, 'region')})",
        "usage_type": query.text("line_item_usage_type"),
        "resource": query.text("line_item_resource_id"),
        "meter": query.text("line_item_usage_type"),
        "unit": query.text("pricing_unit"),
        "quantity": query.money("line_item_usage_amount"),
        "model": NULL,
    }


def _amortized(query: Query, net: str, kind: str) -> str:
    unblended = query.money(f"line_item_{net}unblended_cost")

    def known(name: str) -> str:
        return f"coalesce({query.money(name, ZERO)}, 0)"

    upfront = f"reservation_{net}unused_amortized_upfront_fee_for_billing_period"
    return _EFFECTIVE.format(
        kind=kind,
        unblended=unblended,
        reserved=query.money(f"reservation_{net}effective_cost", unblended),
        covered=query.money(f"savings_plan_{net}savings_plan_effective_cost", unblended),
        plan_unused=f"({known('savings_plan_total_commitment_to_date')} - {known('savings_plan_used_commitment')})",
        ri_unused=f"({known(upfront)} + {known(f'reservation_{net}unused_recurring_fee')})",
        reservation=f"coalesce({query.text('reservation_reservation_a_r_n', 'reservation_reservation_arn')}, '')",
    )


def _product(query: Query, name: str) -> str:
    """A product attribute: a column of its own, or a key of CUR 2.0's map `product`."""
    return f"nullif(coalesce({query.text(f'product_{name}')}, {query.value('product', [name])}), '')"
