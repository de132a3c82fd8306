"""Usage types of Lambda's bill as the columns of the functions pane.

Source: AWS price list, AWSLambda; outside us-east-1 usage types have a region prefix ("EU-Lambda-GB-Second"). INIT has no usage type
of its own: it is billed as duration.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Literal

from costtui.domain.functions.bill_records import BilledLine
from costtui.domain.functions.records import FunctionCost
from costtui.domain.money import EXACT, ZERO, total

Column = Literal["requests", "duration", "ephemeral", "provisioned", "other"]
BILLED_COLUMNS: tuple[Column, ...] = ("requests", "duration", "ephemeral", "provisioned", "other")

_OTHER = re.compile(r"edge|durable|snapstart|processed-bytes|poller|managed-instances|microvm|tenant|web|data ?transfer", re.IGNORECASE)
_STORAGE = re.compile(r"storage|ephemeral", re.IGNORECASE)
_DURATION = re.compile(r"lambda-gb-seconds?(-arm)?$|total compute", re.IGNORECASE)
_REQUESTS = re.compile(r"(^|-)requests?(-arm)?$|total requests", re.IGNORECASE)
_ARM = re.compile(r"\barm\b", re.IGNORECASE)


@cache
def column_of(usage_type: str) -> Column:
    """The column that a usage type belongs to, or the description of a charge in an export without usage types."""
    if _OTHER.search(usage_type):
        return "other"
    if "provisioned" in usage_type.casefold():
        return "provisioned"
    if _STORAGE.search(usage_type):
        return "ephemeral"
    if _DURATION.search(usage_type):
        return "duration"
    return "requests" if _REQUESTS.search(usage_type) else "other"


@cache
def architecture_of(usage_type: str) -> str:
    return "arm64" if _ARM.search(usage_type) else "x86_64"


def billed_cost(lines: Iterable[BilledLine]) -> FunctionCost | None:
    """The billed lines of one function by column; None in several currencies, which have no sum."""
    columns: dict[str, Decimal] = dict.fromkeys(BILLED_COLUMNS, ZERO)
    currencies = set()
    for line in lines:
        column = column_of(line.usage_type)
        columns[column] = EXACT.add(columns[column], line.effective)
        currencies.add(line.currency)
    if len(currencies) != 1:
        return None
    return FunctionCost(init=None, **columns, total=total(columns.values()), currency=currencies.pop(), basis="billed")
