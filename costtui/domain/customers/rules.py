"""Rules that share cost nobody is named for: what a rule takes, and how it splits it.

These structs are the decoded TOML type of `[[customers.shared]]`; every check that needs no other part of the configuration
is made here, and its text is one sentence for the user.
"""

from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Literal, cast

import msgspec

from costtui.domain.customers.records import Category, Commitment, LedgerLine
from costtui.domain.customers.tags import normalise, tag_value
from costtui.domain.money import plain, total

Method = Literal["direct-proportional", "driver", "even", "weights", "fixed", "keep"]

SPLITS = "direct-proportional, driver:NAME, even, weights, fixed or keep"
HUNDRED = Decimal(100)


class RuleError(ValueError):
    """A rule that cannot be applied; its text is one sentence for the user."""


class SharedMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a rule takes: all given keys must hold. `service`, `usage_type` and `resource` are patterns (`*`, `?`, `[…]`).

    `untagged` true takes only cost without a customer key, false only cost with one; a rule without it takes both.
    """

    service: str | None = None
    category: Category | None = None
    commitment: Commitment | None = None
    account: str | None = None
    region: str | None = None
    usage_type: str | None = None
    team: str | None = None
    tag: str | None = None
    resource: str | None = None
    untagged: bool | None = None

    def __post_init__(self) -> None:
        given = [name for name in self.__struct_fields__ if getattr(self, name) is not None]
        if not given:
            raise RuleError(f"match is empty: name at least one of {', '.join(self.__struct_fields__)}")
        if empty := next((name for name in given if getattr(self, name) == ""), None):
            raise RuleError(f"match.{empty} is empty: write its value, or leave the key out")
        if self.tag is not None and not self.tag_pair[0]:
            raise RuleError(f'match.tag is {self.tag!r}: write it as "key=value"')

    @property
    def tag_pair(self) -> tuple[str, str]:
        """The tag's key and the value it must have; both empty when `tag` is not `key=value`."""
        key, sign, value = (self.tag or "").partition("=")
        return (key.strip(), value) if sign else ("", "")

    @property
    def name(self) -> str:
        """The pool's name on screen: the values it was matched by, so that two rules differ by name as they do by match."""
        words = [value for field in self.__struct_fields__ if isinstance(value := getattr(self, field), str)]
        if self.untagged is not None:
            words.append("untagged" if self.untagged else "tagged")
        return ", ".join(words)

    def takes(self, line: LedgerLine, *, untagged: bool, team: str = "") -> bool:
        """Whether `line` falls under this match; `untagged` and `team` are what the ledger found for it."""
        exact = (
            (self.category, line.category),
            (self.commitment, line.commitment),
            (self.account, line.account),
            (self.region, line.region),
            (self.untagged, untagged),
        )
        patterns = ((self.service, line.service), (self.usage_type, line.usage_type), (self.resource, line.resource))
        return (
            all(wanted is None or wanted == found for wanted, found in exact)
            and all(wanted is None or wanted == found or fnmatchcase(found, wanted) for wanted, found in patterns)
            and (self.team is None or normalise(self.team) == normalise(team))
            and self._tag_holds(line)
        )

    def _tag_holds(self, line: LedgerLine) -> bool:
        if self.tag is None:
            return True
        key, value = self.tag_pair
        return normalise(tag_value(line.tags, key) or "") == normalise(value)


class SharedRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule: the cost that `match` takes is one pool a day, split by `split` over customers.

    `weights` are relative, by customer id; `percent` are parts of one hundred, by customer id.
    """

    match: SharedMatch
    split: str
    weights: dict[str, Decimal] = {}
    percent: dict[str, Decimal] = {}

    def __post_init__(self) -> None:
        method, _, driver = self.split.partition(":")
        known = method in ("direct-proportional", "even", "weights", "fixed", "keep") and self.split == method
        if not known and not (method == "driver" and driver.strip()):
            raise RuleError(f"split {self.split!r} is not known: use {SPLITS}")
        self._check_table("weights", self.weights, needed=method == "weights")
        self._check_table("percent", self.percent, needed=method == "fixed")
        if method == "fixed" and (found := total(self.percent.values())) != HUNDRED:
            raise RuleError(f"percent adds up to {plain(found)}: the parts of a fixed split must add up to 100")
        if method == "weights" and not total(self.weights.values()):
            raise RuleError("weights are all 0: give at least one customer a weight above 0")

    def _check_table(self, name: str, table: dict[str, Decimal], *, needed: bool) -> None:
        if needed and not table:
            raise RuleError(f'split = "{self.split}" needs {name} = {{ customer = number, … }} beside it')
        if table and not needed:
            raise RuleError(f"{name} stands beside split = {self.split!r}, which does not read it: remove {name}, or change split")
        seen: dict[str, str] = {}
        for customer, value in table.items():
            if not value.is_finite() or value < 0:
                raise RuleError(f"{name}.{customer} is {value}: a number of 0 or more is expected")
            if not normalise(customer):
                raise RuleError(f"{name} has an entry without a customer: name one, or remove it")
            other = seen.setdefault(normalise(customer), customer)
            if other != customer:
                raise RuleError(f"{name} names one customer twice, as {other!r} and {customer!r}: keep one of them")

    @property
    def method(self) -> Method:
        return cast("Method", self.split.partition(":")[0])

    @property
    def driver(self) -> str:
        """The usage metric whose amounts are the weights; empty unless the method is `driver`."""
        return self.split.partition(":")[2].strip()

    @property
    def shares(self) -> dict[str, Decimal]:
        """The weights that the configuration itself gives."""
        return self.weights or self.percent
