"""A snapshot that can be shown to strangers: names and ids become pseudonyms, revenue becomes another number.

A pseudonym is a keyed hash (HMAC-SHA256, RFC 2104) of what it stands for, so that one name has one pseudonym in every document of this
machine and nobody else can try names out. Costs, sizes, severities and flags stay. Revenue is drawn anew around the true margin's sign,
since a true margin beside a true cost would give the revenue away. What cannot be told apart from a name, such as values that differ and
free text, is left out.
"""

import hashlib
import hmac
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from costtui.domain.customers.records import NOBODY
from costtui.domain.money import EXACT, plain, rounded
from costtui.panes.spec import Json

LETTERS = 8
NAMED = {
    "arn": "arn",
    "name": "name",
    "account": "account",
    "account_name": "account",
    "team": "team",
    "owner_team": "team",
    "stack": "stack",
    "id": "id",
    "scope": "stack",
    "address": "address",
    "physical_id": "physical",
    "changed_by": "person",
}
"""Fields that hold a name, and the word that its pseudonym begins with."""
WORDS = frozenset(
    (
        *("currency", "basis", "region", "runtime", "architecture", "package_type", "status", "tier", "severity", "type", "source"),
        *("plan", "segment", "environment", "changed_via", "confidence", "method", "flags", "kind"),
    )
)
"""Fields that hold words of a fixed or public vocabulary. Any other text may hold a name, and is left out unless it is a number."""
UNSAID = frozenset(("record", "differences", "secrets", "tags", "usage"))
"""Tables whose very keys may be names."""


def anonymised(document: Json, key: bytes) -> Json:
    """The same snapshot without a name in it. `key` is this machine's own secret."""
    mask = _Mask(key)
    panes = {name: body for name, body in document.items() if isinstance(body, Mapping) and "rows" in body}
    rest = {name: value for name, value in document.items() if name not in panes}
    sources = [source | {"name": _kind(source["name"]), "detail": ""} for source in document.get("sources", ())]
    return rest | {"anonymised": True, "sources": sources} | {name: mask.pane(body) for name, body in panes.items()}


def _kind(source: str) -> str:
    """A file or a metric that a source is named after says too much: "terraform:infra/plan.json" is terraform."""
    return source.partition(":")[0]


def _is_number(value: Any) -> bool:
    try:
        return isinstance(value, str) and Decimal(value).is_finite()
    except InvalidOperation:
        return False


class _Mask:
    def __init__(self, key: bytes) -> None:
        self._key = key

    def pane(self, body: Mapping[str, Any]) -> Json:
        return {name: value for name, value in body.items() if name != "record"} | {"rows": [self._row(row) for row in body["rows"]]}

    def _row(self, row: Json) -> Json:
        found: Json = self._table(row)
        if "drift_ids" in row:
            found["drift_ids"] = [self.name("id", one) for one in row["drift_ids"]]
        if row.get("id") in NOBODY:
            return found | {"id": row["id"], "name": row["name"]}
        return found | self._revenue(row) if row.get("revenue") is not None else found

    def _table(self, table: Mapping[str, Any]) -> dict[str, Any]:
        found = {name: self._field(name, value) for name, value in table.items() if name not in UNSAID}
        return {name: value for name, value in found.items() if value is not None}

    def _field(self, name: str, value: Any) -> Any:
        """The value as it may be shown; None where it may not."""
        if isinstance(value, Mapping):
            return self._table(value)
        if isinstance(value, str) and name in NAMED:
            return self.name(NAMED[name], value)
        if isinstance(value, str | list):
            return value if name in WORDS or _is_number(value) else None
        return value

    def name(self, kind: str, value: str) -> str:
        return f"{kind}-{self._digest(value).hex()[:LETTERS]}"

    def _revenue(self, row: Json) -> Json:
        """Margin times a factor of this customer's own, between a half and one, so that no sign changes; revenue follows from it."""
        total, revenue = Decimal(row["total"]), Decimal(row["revenue"])
        if not revenue:
            return {}
        factor = EXACT.divide(Decimal(128 + self._digest(row["id"])[0] // 2), Decimal(256))
        margin = rounded(EXACT.multiply(EXACT.subtract(revenue, total), factor), 2)
        shown = EXACT.add(total, margin)
        pct = rounded(EXACT.divide(EXACT.multiply(margin, Decimal(100)), shown), 10) if shown else None
        return {"revenue": plain(shown), "margin": plain(margin), "margin_pct": None if pct is None else plain(pct)}

    def _digest(self, value: str) -> bytes:
        return hmac.new(self._key, value.encode(), hashlib.sha256).digest()
