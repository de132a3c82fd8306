"""One rollup query over a billing file, whatever its format: FOCUS 1.0 to 1.2, CUR legacy and CUR 2.0.

A format is a table of SQL expressions by the names of LedgerLine; only this file knows the columns of exports. Money is cast row
by row to DECIMAL(38,12) before any sum. Tag keys are bound parameters, column names come from the file's own schema, quoted.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from costtui.domain.customers.tags import normalise

Columns = Mapping[str, tuple[str, str]]
"""Canonical column name to (quoted name in the file, SQL type)."""

FOCUS_REQUIRED = ("ChargePeriodStart", "BilledCost", "EffectiveCost", "BillingCurrency", "ChargeCategory", "ServiceName")
CUR_REQUIRED = ("line_item_usage_start_date", "line_item_unblended_cost", "line_item_currency_code", "line_item_line_item_type")
NULL = "cast(null as varchar)"


@dataclass
class Query:
    """SQL text under construction, with the parameters that its `$n` stand for."""

    columns: Columns
    parameters: dict[str, object] = field(default_factory=dict)

    def bind(self, value: object) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    def has(self, name: str) -> bool:
        return name in self.columns

    def text(self, *names: str) -> str:
        """The first of the columns that the file has and that is not null, as text."""
        found = [f"cast({self.columns[name][0]} as varchar)" for name in names if name in self.columns]
        return f"coalesce({', '.join([*found, NULL])})"

    def money(self, name: str, default: str = "cast(null as decimal(38,12))") -> str:
        return f"cast({self.columns[name][0]} as decimal(38,12))" if name in self.columns else default

    def day(self, name: str) -> str:
        return f"cast({self.moment(name)} as date)"

    def moment(self, name: str) -> str:
        return f"cast({self.columns[name][0]} as timestamp)" if name in self.columns else "cast(null as timestamp)"

    def value(self, column: str, keys: Sequence[str]) -> str:
        """The value of the first of `keys` that a map-like column has: as spelt, else the smallest key equal but for case."""
        if column not in self.columns:
            return NULL
        name, kind = self.columns[column]
        folded = self.bind(sorted({normalise(key) for key in keys}))
        loose = f"list_sort(list_filter({_entries(name, kind)}, lambda e: list_contains({folded}, lower(trim(e.key)))))[1].value"
        return f"coalesce({', '.join([*(self._exact(name, kind, key) for key in keys), loose])})"

    def _exact(self, name: str, kind: str, key: str) -> str:
        if kind.startswith("MAP"):
            return f"{name}[{self.bind(key)}]"
        if kind.endswith("[]"):
            return f"list_filter({name}, lambda e: e.key = {self.bind(key)})[1].value"
        escaped = key.replace("\\", "\\\\").replace('"', '\\"')
        path = self.bind(f'$."{escaped}"')
        return f"case when json_valid({name}) then json_extract_string({name}, {path}) end"


def _entries(name: str, kind: str) -> str:
    """A list of (key, value) from a map, a list of structs, or JSON text of either; null where the text is no JSON."""
    if kind.startswith("MAP"):
        return f"list_transform(map_entries({name}), lambda e: {{'key': e.key, 'value': e.value}})"
    if kind.endswith("[]"):
        return f"list_transform({name}, lambda e: {{'key': e.key, 'value': e.value}})"
    document = f"case when json_valid({name}) then cast({name} as json) end"
    pair = """'[{"key":"VARCHAR","value":"VARCHAR"}]'"""
    return (
        f"case json_type({document}) when 'ARRAY' then from_json({document}, {pair}) when 'OBJECT' then "
        f"list_transform(json_keys({document}), lambda k: {{'key': k, 'value': json_extract_string({document}, "
        f"'$.\"' || replace(replace(k, '\\', '\\\\'), '\"', '\\\"') || '\"')}}) end"
    )


def canonical(name: str) -> str:
    """A legacy CUR column as CUR 2.0 and Athena call it: `lineItem/UnblendedCost` is `line_item_unblended_cost`."""
    if "/" not in name:
        return name
    head, _, tail = name.partition("/")
    return f"{_snake(head)}_{_snake(tail)}"


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace(":", "_").lower()


def tag_spellings(key: str) -> list[str]:
    """How exports spell the tag `key`: itself, CUR's `user:key` and `user_key`, and CUR 2.0's `resourceTags/key`."""
    plain = re.sub(r"[^0-9A-Za-z]", "_", key).lower()
    spelt = [key, f"user:{key}", f"user_{key}", f"user_{plain}", f"resourceTags/{key}", f"resourceTags/user:{key}", f"accountTag/{key}"]
    return list(dict.fromkeys(spelt))


def focus(query: Query) -> dict[str, str]:
    """LedgerLine's fields from FOCUS columns (focus.finops.org, 1.0 to 1.2)."""
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
        "net_effective": "cast(null as decimal(38,12))",
        "list_cost": query.money("ListCost"),
        "commitment": query.text("CommitmentDiscountStatus"),
        "account": query.text("SubAccountId", "BillingAccountId"),
        "region": query.text("RegionId", "Region"),
        "usage_type": query.text("x_UsageType", "SkuMeter"),
        "resource": query.text("ResourceId"),
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


def cur(query: Query) -> dict[str, str]:
    """LedgerLine's fields from CUR columns (legacy CSV, legacy Parquet and CUR 2.0 under one set of names)."""
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
        "net_effective": _amortized(query, "net_", kind) if has_net else "cast(null as decimal(38,12))",
        "list_cost": f"coalesce({query.money('pricing_public_on_demand_cost')}, {unblended})",
        "commitment": _COMMITMENT.format(kind=kind),
        "account": query.text("line_item_usage_account_id"),
        "region": f"coalesce({_product(query, 'region_code')}, {_product(query, 'region')})",
        "usage_type": query.text("line_item_usage_type"),
        "resource": query.text("line_item_resource_id"),
    }


def _amortized(query: Query, net: str, kind: str) -> str:
    unblended = query.money(f"line_item_{net}unblended_cost")
    zero = "cast(0 as decimal(38,12))"

    def known(name: str) -> str:
        return f"coalesce({query.money(name, zero)}, 0)"

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
