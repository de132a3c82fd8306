"""One rule of `[[alerts.rule]]`: what it looks at, and from where on."""

from decimal import Decimal, InvalidOperation
from typing import Literal

import msgspec

When = Literal["margin-below", "free-hog", "spike", "drift-severity", "drift-cost", "saving-over"]
LEVELS = ("low", "medium", "high", "critical")
PANES: dict[When, str] = {
    "margin-below": "customers",
    "free-hog": "customers",
    "spike": "customers",
    "drift-severity": "drift",
    "drift-cost": "drift",
    "saving-over": "functions",
}


class AlertRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`threshold` is percent for margin-below, a severity for drift-severity, and money of the row's currency for the others."""

    when: When
    threshold: str = "0"

    def __post_init__(self) -> None:
        if self.when == "drift-severity":
            if self.threshold not in LEVELS:
                raise ValueError(f"`threshold` of drift-severity is {self.threshold!r}: expected one of {', '.join(LEVELS)}")
            return
        try:
            amount = Decimal(self.threshold)
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or (amount < 0 and self.when != "margin-below"):
            raise ValueError(f'`threshold` of {self.when} is {self.threshold!r}: expected an amount as in "25.50"')

    @property
    def amount(self) -> Decimal:
        """The threshold as a number; of drift-severity, its rank among LEVELS."""
        return Decimal(LEVELS.index(self.threshold)) if self.when == "drift-severity" else Decimal(self.threshold)

    @property
    def pane(self) -> str:
        return PANES[self.when]
