"""Split cost allocation data of CUR: what containers cost, without counting their instance twice.

Container rows bill nothing; the instance keeps the money. For amortized cost each instance's hour is replaced by its containers'
split cost, their unused part goes to nobody (idle), and what is left stays on the instance: the sum never changes. BilledCost is
left where the invoice has it. (AWS CUR dictionary, split line item columns.) One pass over the table: Athena bills each by its bytes.
"""

from collections.abc import Mapping

from costtui.domain.customers.records import IDLE
from costtui.sources.billing_formats import ZERO
from costtui.sources.billing_sql import Query

PARENT = "split_line_item_parent_resource_id"
_HOUR = "partition by coalesce(parent, resource), moment, account, currency"
_CHILD = "parent is not null and instances > 0"


def rows(query: Query, source: str, fields: Mapping[str, str]) -> tuple[str, str]:
    """Common table expressions, and the one among them that has one row per charge with `fields`."""
    if not (query.has(PARENT) and query.has("split_line_item_split_cost")):
        return f"base as (select {_listed(fields)} from {source})", "base"
    split = {
        "parent": f"nullif({query.text(PARENT)}, '')",
        "split": _amount(query, "split_cost"),
        "unused": _amount(query, "unused_cost"),
        "net_split": _amount(query, "net_split_cost"),
        "net_unused": _amount(query, "net_unused_cost"),
    }
    placed = {
        "customer": f"case part when 2 then {query.bind(IDLE)} else customer end",
        "billed": f"case part when 1 then billed else {ZERO} end",
        "list_cost": f"case part when 1 then list_cost else {ZERO} end",
        "effective": _part("effective", "split", "unused", "placed"),
        "net_effective": _part("net_effective", "net_split", "net_unused", "net_placed"),
    }
    chosen = ", ".join(f"{placed.get(name, name)} as {name}" for name in fields)
    return (
        f"""base as (select {_listed(fields)}, {_listed(split)} from {source}),
        hours as (select *,
            sum(case when parent is not null then split + unused end) over ({_HOUR}) as placed,
            sum(case when parent is not null then net_split + net_unused end) over ({_HOUR}) as net_placed,
            sum(case when parent is null then 1 else 0 end) over ({_HOUR}) as instances,
            row_number() over ({_HOUR}, case when parent is null then 0 else 1 end order by effective desc, service, customer) as rank
          from base),
        charges as (select {chosen} from hours cross join (values (1), (2), (3)) as parts(part)
          where part = 1 or (part = 2 and {_CHILD} and unused <> 0)
            or (part = 3 and parent is null and rank = 1 and placed is not null))""",
        "charges",
    )


def _part(own: str, split: str, unused: str, placed: str) -> str:
    return f"case part when 1 then {own} + case when {_CHILD} then {split} else 0 end when 2 then {unused} else -{placed} end"


def _amount(query: Query, name: str) -> str:
    return f"coalesce({query.money('split_line_item_' + name, ZERO)}, 0)"


def _listed(fields: Mapping[str, str]) -> str:
    return ", ".join(f"{sql} as {name}" for name, sql in fields.items())
