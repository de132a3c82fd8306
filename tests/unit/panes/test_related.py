"""The join: customer → function → drift → money."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from costtui.domain.customers.records import Customer, CustomerParts, CustomerRow, UsagePoint
from costtui.domain.customers.served import served_shares
from costtui.domain.customers.tags import Names
from costtui.domain.drift.records import Difference, Differences, DriftRow
from costtui.domain.functions.records import FunctionCost, FunctionRow, FunctionTotals
from costtui.domain.loaded import PaneData
from costtui.domain.period import Window
from costtui.panes import pane
from costtui.panes.join import World
from costtui.panes.related import related, related_document

WINDOW = Window(date(2026, 10, 21), date(2026, 11, 20))
ARN = "arn:aws:lambda:us-east-1:111122223333:function:checkout"
TOTALS = FunctionTotals(1, Decimal(500), None)
COST = FunctionCost(Decimal(5), Decimal(495), None, Decimal(0), None, None, Decimal(500))
FUNCTION = FunctionRow(
    ARN, "checkout", "111122223333", "prod", None, None, "us-east-1", "python3.12", "arm64", 3008, 512, "Zip", "standard", None,
    10, 0, 0, Decimal(1), None, Decimal(1), None, None, COST, None, None,
)  # fmt: skip
DRIFT = DriftRow(
    "cloudformation/checkout-prod/Fn", "cloudformation", "checkout-prod", "Fn", "AWS::Lambda::Function", "checkout", "111122223333",
    "prod", None, None, "us-east-1", "drifted", "declared", "high",
    Differences.of([Difference("/MemorySize", "512", "3008", "change", "cost")]),
    Decimal("411.70"), None, "maria", None, "console", None,
)  # fmt: skip


def customer(name: str, usage: int, served: dict[str, Decimal]) -> CustomerRow:
    zero = Decimal(0)
    return CustomerRow(
        name.lower(), name, None, None, None, zero, zero, Decimal(100), "USD", None, None, None, {"requests": Decimal(usage)}, None, None,
        None, False, [], packed=CustomerParts(served=served).pack(),
    )  # fmt: skip


def world(*customers: CustomerRow, drifts: tuple[DriftRow, ...] = (DRIFT,)) -> World:
    rows: dict[str, list[Any]] = {"functions": [FUNCTION], "drift": list(drifts), "customers": list(customers)}
    return World({name: (pane(name), PaneData(name, WINDOW, found, TOTALS, [])) for name, found in rows.items()})


ACME = customer("Acme", 600, {"checkout": Decimal("0.71")})
GLOBEX = customer("Globex", 400, {"checkout": Decimal("0.29")})


def words(detail: object) -> str:
    return msgspec.json.encode(detail, enc_hook=lambda _value: None).decode()


def test_one_sentence_tells_the_whole_story() -> None:
    story = dict(related(DRIFT, world(ACME, GLOBEX)).facts)["Story"]
    assert story == "checkout: MemorySize 512 → 3008 by maria through the console, +411.70 $ a month, 71% of it Acme"


def test_a_customer_leads_to_its_functions_and_their_drift() -> None:
    found = related(ACME, world(ACME, GLOBEX))
    assert found.sections[0].lines[0].cells == ("checkout", "500.00", "71.0%", "355.00", "MemorySize 512 → 3008")
    assert found.sections[0].note == "shares are known from: usage names the function"
    behind = found.sections[0].lines[0].behind
    assert behind is not None and behind().title == "checkout"
    assert found.sections[1].lines[0].cells[0] == "high"


def test_shares_of_a_function_are_measured_where_usage_names_it() -> None:
    section = related(FUNCTION, world(GLOBEX, ACME)).sections[1]
    assert [line.cells for line in section.lines] == [("Acme", "71.0%", "355.00"), ("Globex", "29.0%", "145.00")]
    assert section.note == "measured: usage names the function"


def test_without_a_resource_label_a_share_is_assumed_and_says_so() -> None:
    section = related(FUNCTION, world(customer("Acme", 600, {}), customer("Globex", 400, {}))).sections[1]
    assert [line.cells[:2] for line in section.lines] == [("Acme", "60.0%"), ("Globex", "40.0%")]
    assert section.note == "assumed from overall usage"


def test_a_drift_of_the_same_name_elsewhere_is_another_resource() -> None:
    elsewhere = msgspec.structs.replace(DRIFT, region="eu-west-1")
    assert related(FUNCTION, world(ACME, drifts=(elsewhere,))).sections[0].note == "no drift is known"


def test_noise_is_no_drift_of_a_function() -> None:
    noise = msgspec.structs.replace(DRIFT, tier="noise")
    assert related(FUNCTION, world(ACME, drifts=(noise,))).sections[0].lines == ()


def test_a_pane_that_holds_nothing_is_said_so() -> None:
    only = World({"functions": (pane("functions"), PaneData("functions", WINDOW, [FUNCTION], TOTALS, []))})
    found = related(FUNCTION, only)
    assert "open it once" in found.sections[0].note
    assert "open it once" in found.sections[1].note


def test_shares_count_one_metric_and_follow_aliases() -> None:
    day = date(2026, 10, 21)
    usage = [
        UsagePoint(day, "ACME Inc", "requests", Decimal(3), "checkout"),
        UsagePoint(day, "acme", "requests", Decimal(3), "checkout"),
        UsagePoint(day, "globex", "requests", Decimal(2), "checkout"),
        UsagePoint(day, "globex", "tokens", Decimal(1000), "checkout"),
        UsagePoint(day, "globex", "requests", Decimal(9)),
    ]
    shares = served_shares(usage, Names([Customer("acme", aliases=["ACME Inc"])]))
    assert shares == {"acme": {"checkout": Decimal("0.75")}, "globex": {"checkout": Decimal("0.25")}}


def test_a_tag_of_the_function_names_its_customer() -> None:
    mine = msgspec.structs.replace(FUNCTION, tags={"customer": " Globex"})
    everything = world(customer("Acme", 600, {}), customer("Globex", 400, {}))
    tagged = World(everything.panes, ("tag:customer",))
    section = related(mine, tagged).sections[1]
    assert [line.cells for line in section.lines] == [("Globex", "100.0%", "500.00")]
    assert section.note == "known from its tag customer =  Globex"
    assert related_document(FUNCTION, tagged)["customers"][0]["basis"] == "assumed"


def test_another_drift_of_its_stack_stands_beside_it() -> None:
    stacked = msgspec.structs.replace(FUNCTION, stack="checkout-prod")
    queue = msgspec.structs.replace(DRIFT, id="q", address="Queue", type="AWS::SQS::Queue", physical_id="https://queue", monthly_delta=None)
    section = related(stacked, world(ACME, drifts=(queue, DRIFT))).sections[0]
    assert [line.cells[1::3] for line in section.lines] == [("Fn", "the function itself"), ("Queue", "another resource of its stack")]


def test_a_document_tells_the_same_links() -> None:
    found = related_document(ACME, world(ACME, GLOBEX))
    assert found["stories"] == ["checkout: MemorySize 512 → 3008 by maria through the console, +411.70 $ a month, 71% of it Acme"]
    assert found["functions"] == [
        {
            "arn": ARN,
            "name": "checkout",
            "cost": "500",
            "share": "0.71",
            "amount": "355",
            "basis": "measured",
            "reason": "usage names the function",
        }
    ]
    assert [drift["id"] for drift in found["drift"]] == [DRIFT.id]
    assert found["customers"] == []
    assert [share["id"] for share in related_document(DRIFT, world(ACME, GLOBEX))["customers"]] == ["acme", "globex"]
    assert related_document(DRIFT, world(ACME, GLOBEX))["drift"] == []
