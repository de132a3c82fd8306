"""Split cost allocation data of CUR: what containers cost, without counting their instance twice.

Container rows bill nothing; the instance keeps the money. For amortized cost each instance's hour is replaced by its containers'
split cost, their unused part goes to nobody (idle), and what is left stays on the instance: the sum never changes. BilledCost is
left where the invoice has it. (AWS CUR dictionary, split line item columns.)
"""

from collections.abc import Mapping

from costtui.domain.customers.records import IDLE
from costtui.sources.billing_sql import Query

PARENT = "split_line_item_parent_resource_id"
_ZERO = "cast(0 as decimal(38,12))"
_SAME_HOUR = "using (parent, moment, account, currency)"


def rows(query: Query, source: str, fields: Mapping[str, str]) -> tuple[str, str]:
    """Common table expressions, and the one among them that has one row per charge with `fields`."""
    if not (query.has(PARENT) and query.has("split_line_item_split_cost")):
        return f"base as (select {_listed(fields)} from {source})", "base"
    split = {
        "parent": query.text(PARENT),
        "split": _amount(query, "split_cost"),
        "unused": _amount(query, "unused_cost"),
        "net_split": _amount(query, "net_split_cost"),
        "net_unused": _amount(query, "net_unused_cost"),
    }
    own = ", ".join(fields)

    def changed(prefix: str, **values: str) -> str:
        return ", ".join(f"{values.get(name, prefix + name)} as {name}" for name in fields)

    unbilled = {"billed": _ZERO, "list_cost": _ZERO}
    child = changed("child.", effective="child.effective + child.split", net_effective="child.net_effective + child.net_split")
    idle = changed("child.", customer=query.bind(IDLE), effective="child.unused", net_effective="child.net_unused", **unbilled)
    rest = changed("placed.instance.", effective="-placed.placed", net_effective="-placed.net_placed", **unbilled)
    return (
        f"""base as materialized (select {_listed(fields)}, {_listed(split)} from {source}),
        shared as (select parent, moment, account, currency, sum(split + unused) as placed, sum(net_split + net_unused) as net_placed
          from base where parent is not null group by all),
        holders as (select resource as parent, moment, account, currency, max_by(base, effective) as instance
          from base where base.parent is null and resource in (select parent from shared) group by all),
        placed as (select * from shared join holders {_SAME_HOUR}),
        charges as (
          select {own} from base where parent is null
          union all select {changed("child.")} from base as child anti join placed {_SAME_HOUR} where child.parent is not null
          union all select {child} from base as child semi join placed {_SAME_HOUR}
          union all select {idle} from base as child semi join placed {_SAME_HOUR} where child.unused <> 0
          union all select {rest} from placed)""",
        "charges",
    )


def _amount(query: Query, name: str) -> str:
    return f"coalesce({query.money('split_line_item_' + name, _ZERO)}, 0)"


def _listed(fields: Mapping[str, str]) -> str:
    return ", ".join(f"{sql} as {name}" for name, sql in fields.items())
