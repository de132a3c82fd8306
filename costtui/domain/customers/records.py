"""Records of customers, their bill and their usage."""

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from costtui.domain.customers.series import Series

Category = Literal["Usage", "Purchase", "Tax", "Credit", "Adjustment"]
"""FOCUS ChargeCategory."""

Commitment = Literal["", "Used", "Unused"]
"""FOCUS CommitmentDiscountStatus; empty where the charge has none."""

Basis = Literal["amortized", "net-amortized", "unblended", "billed", "list"]
"""Which of a charge's amounts counts: with commitments spread over their use, as invoiced, or at list price."""

Flag = Literal["negative-margin", "free-hog", "spike", "no-crm", "untagged", "idle", "unallocated"]

UNTAGGED, IDLE, UNALLOCATED = "__untagged__", "__idle__", "__unallocated__"
CREDITS, TAX, FEES = "__credits__", "__tax__", "__fees__"
NOBODY = (UNTAGGED, IDLE, UNALLOCATED, CREDITS, TAX, FEES)
"""Rows that are nobody's: always shown, inside the total, never ranked among customers."""


class LedgerLine(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One day's charge as every billing source gives it, summed over what the fields below do not tell apart.

    `customer` is the key's raw value ("" is untagged). Money is in `currency`, each measure exact:
    `effective` is FOCUS EffectiveCost (amortized), `billed` is BilledCost; None where the source did not give the measure.
    """

    day: date
    customer: str
    service: str
    category: Category
    currency: str
    billed: Decimal | None
    effective: Decimal | None
    net_effective: Decimal | None = None
    list_cost: Decimal | None = None
    commitment: Commitment = ""
    account: str = ""
    region: str = ""
    usage_type: str = ""
    resource: str = ""
    tags: dict[str, str] = {}
    estimated: bool = False
    model: str = ""
    """The AI model that was used, as the bill names it; empty for every other charge."""
    usage_kind: str = ""
    """Which tokens of it: input, output, cache-read, cache-write."""
    quantity: Decimal | None = None
    """How many tokens; None where the bill does not say."""


class CustomerServices(msgspec.Struct, frozen=True):
    """What one customer's own cost is made of, asked for that customer alone: charges by day and service, AI by model and kind."""

    subject: str
    """The customer's id, as its row has it."""
    charges: list[LedgerLine]
    reason: str = ""
    """Why there are none."""


class UsagePoint(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How much of `metric` one tenant used on one day: a weight, finite and never negative."""

    day: date
    tenant: str
    metric: str
    value: Decimal
    resource: str = ""
    """Which function or resource served it, where the telemetry says so."""


class Customer(msgspec.Struct, frozen=True):
    """One line of the customer list. `mrr` is recurring revenue of a calendar month in `currency`."""

    id: str
    name: str = ""
    plan: str | None = None
    mrr: Decimal | None = None
    currency: str = "USD"
    segment: str | None = None
    owner_team: str | None = None
    since: date | None = None
    until: date | None = None
    aliases: list[str] = []
    parent: str | None = None


class Placement(msgspec.Struct, frozen=True, array_like=True):
    """Where one part of a customer's cost came from: a direct charge, or a share of a pool with the weight that placed it."""

    pool: str
    amount: Decimal
    how: str
    """In words, with the figures: "600 of 1,000 requests, daily", "even over 25 active customers", "tag customer=acme"."""
    rule: int = 0
    """The rule that made the pool, counted from 1; 0 for a direct charge."""


class Pool(msgspec.Struct, frozen=True, array_like=True):
    """One rule's pool, day by day, as it was shared."""

    rule: int
    currency: str
    name: str
    split: str
    amounts: Series
    weights: Series
    """The sum of all weights of the day: usage, direct cost or customers; 0 where nobody had any."""
    shares: dict[str, int] = {}
    """The weights that the configuration itself gives, by customer, in whole numbers."""


class ModelCost(msgspec.Struct, frozen=True, array_like=True):
    """What one kind of tokens of an AI model cost a customer. `tokens` is None where the bill does not say."""

    model: str
    kind: str
    amount: Decimal
    tokens: Decimal | None
    shared: bool = False
    """True for its part of a pool, by the pool's mix of models."""


class Subscription(msgspec.Struct, frozen=True, array_like=True):
    """What the customer list says that a customer pays for a calendar month, and from when until (without) when it is one."""

    mrr: Decimal
    currency: str
    since: date | None = None
    until: date | None = None


class Retagged(msgspec.Struct, frozen=True, array_like=True):
    """Cost that moved from one owner to another from one day to the next: somebody tagged it, nobody spent it."""

    day: date
    amount: Decimal
    source: str
    """A customer's or nobody's id, or the name of a pool."""
    target: str


class Shown(msgspec.Struct, frozen=True, gc=False):
    """Money in whole cents, for the screen only: `direct` and `shared` add up to `total`, and the totals of all rows to the bill's."""

    direct: Decimal
    shared: Decimal
    total: Decimal


class CustomerParts(msgspec.Struct, frozen=True, array_like=True):
    """What a customer's total is made of: read for one customer at a time, on a detail."""

    days: Series = Series()
    """Total per day of the window."""
    services: list[Placement] = []
    """Direct cost by service, `pool` being the service."""
    placements: list[Placement] = []
    """Shared cost by pool."""
    spellings: list[str] = []
    """How the bill writes the customer, where it does so in more than one way."""
    served: dict[str, Decimal] = {}
    """The resources that served the customer, each with the customer's share (0 to 1) of what it served; empty where usage names none."""
    own: Series = Series()
    """Direct cost per day."""
    used: dict[str, Series] = {}
    """Usage per day, of the metrics that split a pool or make the unit cost."""
    active: bytes = b""
    """The days on which it counts as active, as bits, the first day the lowest of the first byte."""
    models: list[ModelCost] = []
    pays: Subscription | None = None

    @property
    def daily(self) -> list[Decimal]:
        return self.days.amounts

    def pack(self) -> bytes:
        return _encode_parts(self)


_encode_parts = msgspec.msgpack.Encoder().encode
_decode_parts = msgspec.msgpack.Decoder(CustomerParts).decode
NO_PARTS = CustomerParts().pack()


class CustomerRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One row of the customers pane. Money is in `currency` and in the cost basis of the view."""

    id: str
    name: str
    plan: str | None
    segment: str | None
    owner_team: str | None
    direct: Decimal
    shared: Decimal
    total: Decimal
    currency: str
    revenue: Decimal | None
    margin: Decimal | None
    margin_pct: Decimal | None
    usage: dict[str, Decimal]
    unit_cost: Decimal | None
    trend_pct: Decimal | None
    share_pct: Decimal | None
    estimated: bool
    flags: list[Flag]
    shown: Shown = Shown(Decimal(0), Decimal(0), Decimal(0))
    parent: str | None = None
    """The id of the customer that this one belongs to; its own row has none of this one's cost."""
    apart: int = 0
    """Which part of the table it stands in, whatever the order: 0 customers, 1 those shown apart, 2 nobody's; the same three again for
    every further currency."""
    moved: bool = False
    """Whether cost changed from or to this owner: `CustomerTotals.retagged` says how."""
    settled_total: Decimal | None = None
    """`total` without the estimated days, and `settled_revenue` likewise: what alerts judge. None where no day is estimated."""
    settled_revenue: Decimal | None = None
    packed: bytes = NO_PARTS
    """`parts`, packed: unpacked, those of 10,000 rows take 80 MB and half a second."""

    @property
    def parts(self) -> CustomerParts:
        """Unpacked anew at each call."""
        return _decode_parts(self.packed)

    @property
    def daily(self) -> list[Decimal]:
        return self.parts.daily

    @property
    def services(self) -> list[Placement]:
        return self.parts.services

    @property
    def placements(self) -> list[Placement]:
        return self.parts.placements


class Concentration(msgspec.Struct, frozen=True, array_like=True):
    """How much of the customers' cost the dearest have. `gini` is 0 where all cost the same, towards 1 where one has it all."""

    customers: int
    top: int
    """How many customers `share_pct` is of."""
    share_pct: Decimal
    gini: Decimal


class Forecast(msgspec.Struct, frozen=True):
    """A month's cost when its remaining days cost what the complete ones did: quartiles below and above, median between."""

    low: Decimal
    middle: Decimal
    high: Decimal
    so_far: Decimal
    complete_days: int
    remaining_days: int


class CustomerTotals(msgspec.Struct, frozen=True):
    """`residual` is `billed` minus the rows; `invoiced` is BilledCost, None where the source does not give it."""

    billed: Decimal | None
    rows: Decimal | None
    invoiced: Decimal | None
    residual: Decimal | None
    currency: str = "USD"
    basis: Basis = "amortized"
    unit_metric: str | None = None
    """What unit costs are per one of."""
    estimated_days: list[date] = []
    """Days that the provider may still change: in every sum, out of trends and flags."""
    complete_days: list[date] = []
    """Days with a bill that is final."""
    pools: list[Pool] = []
    """Those of every currency."""
    below_margin: int = 0
    """Customers that are sold below the margin aimed at."""
    free_hog_bar: Decimal | None = None
    """What a customer on a free plan must cost to be out of proportion; None without any."""
    concentration: Concentration | None = None
    forecast: Forecast | None = None
    retagged: list[Retagged] = []
    others: list[Placement] = []
    """What else than usage the bill holds, all of it inside `billed`: `pool` is credits, refunds, tax, support or fees, and `how`
    says whether rules share it."""
