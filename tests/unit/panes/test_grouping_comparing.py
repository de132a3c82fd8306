"""Groups and comparisons: the money of the parts is the money of the whole."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.panes import pane
from costtui.panes.comparing import changes
from costtui.panes.grouping import NONE, GroupError, grouped
from tests.unit.panes.test_related import COST, FUNCTION

SPEC = pane("functions")
AMOUNTS = st.one_of(st.none(), st.decimals(0, 10_000, places=9))


def function(number: int, team: str | None, cost: Decimal | None) -> Any:
    priced = msgspec.structs.replace(COST, total=cost)
    return msgspec.structs.replace(FUNCTION, arn=f"arn:{number}", team=team, tags={"Tier": "gold"}, cost=priced)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), AMOUNTS)))
def test_groups_add_up_to_the_rows(rows: list[tuple[str | None, Decimal | None]]) -> None:
    functions = [function(number, team, cost) for number, (team, cost) in enumerate(rows)]
    groups = grouped(SPEC, functions, "team", "USD")
    assert sum(group.rows for group in groups) == len(rows)
    assert sum((group.amount or Decimal(0)) for group in groups) == sum(cost or Decimal(0) for _, cost in rows)
    assert sum(group.unknown for group in groups) == sum(cost is None for _, cost in rows)


def test_rows_without_the_value_are_a_group_of_their_own() -> None:
    groups = grouped(SPEC, [function(1, None, Decimal(3)), function(2, "a", Decimal(5))], "team", "USD")
    assert [(group.key, group.amount) for group in groups] == [("a", Decimal(5)), (NONE, Decimal(3))]


def test_a_tag_is_found_in_any_case() -> None:
    assert grouped(SPEC, [function(1, None, Decimal(3))], "tag:tier", "USD")[0].key == "gold"


def test_a_grouping_that_a_pane_does_not_have_names_those_it_has() -> None:
    with pytest.raises(GroupError, match=r"functions cannot be grouped by 'plan': use account, region, team"):
        grouped(SPEC, [], "plan", "USD")


def test_changes_are_now_minus_then() -> None:
    now = [function(1, None, Decimal(15)), function(2, None, Decimal(7)), function(3, None, None)]
    then = [function(1, None, Decimal(10)), function(3, None, Decimal(1))]
    found = changes(SPEC, now, then)
    assert (found["arn:1"].amount, found["arn:1"].pct) == (Decimal(5), Decimal(50))
    assert (found["arn:2"].amount, found["arn:2"].pct) == (Decimal(7), None)
    assert (found["arn:3"].amount, found["arn:3"].pct) == (None, None)
