"""A customer's keys in Cost Explorer's words: how cost is grouped by one, how it is left out, and who a group belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from costtui.domain.problems import Problem, SourceError

Kind = Literal["TAG", "COST_CATEGORY", "DIMENSION"]
ACCOUNT = "LINKED_ACCOUNT"


@dataclass(frozen=True)
class CostKey:
    """One of [customers] keys. `accounts` names the customers of the key "account"; empty, each account is one."""

    kind: Kind
    name: str
    accounts: Mapping[str, str]

    @property
    def words(self) -> str:
        return "account" if self.kind == "DIMENSION" else f"{'tag' if self.kind == 'TAG' else 'cost category'} {self.name}"

    @property
    def group(self) -> dict[str, str]:
        return {"Type": self.kind, "Key": self.name}

    def customer(self, group: str) -> str:
        """Who a group is; "" is nobody. A tag's group is `key$value`, and a value may itself hold a "$"."""
        if self.kind == "DIMENSION":
            return self.accounts.get(group, "") if self.accounts else group
        return group[len(self.name) + 1 :].strip()

    @property
    def places_everything(self) -> bool:
        return self.kind == "DIMENSION" and not self.accounts

    @property
    def absent(self) -> dict[str, Any]:
        """The filter that takes only cost without this key."""
        if self.kind == "DIMENSION":
            return {"Not": {"Dimensions": {"Key": ACCOUNT, "Values": sorted(self.accounts)}}}
        field = "Tags" if self.kind == "TAG" else "CostCategories"
        return {field: {"Key": self.name, "MatchOptions": ["ABSENT"]}}


def cost_keys(keys: Sequence[str], accounts: Mapping[str, str], source: str) -> list[CostKey]:
    """The keys of the configuration, in their order. Raises SourceError for one that is none."""
    return [_key(key, accounts, source) for key in keys]


def without(keys: Sequence[CostKey]) -> dict[str, Any] | None:
    """The filter that takes only cost without any of `keys`; None takes everything."""
    filters = [key.absent for key in keys]
    return filters[0] if len(filters) == 1 else {"And": filters} if filters else None


def _key(key: str, accounts: Mapping[str, str], source: str) -> CostKey:
    kind, _, name = key.partition(":")
    if key == "account":
        return CostKey("DIMENSION", ACCOUNT, accounts)
    if kind == "tag" and name:
        return CostKey("TAG", name, {})
    if kind == "cost-category" and name:
        return CostKey("COST_CATEGORY", name, {})
    what = f"customers.keys holds {key!r}"
    raise SourceError(Problem("failed", source, what, "use tag:KEY, cost-category:NAME or account"))
