"""Records of drift, the same for every source."""

import zlib
from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from costtui.domain.drift.service_control import OrganizationGuardrails
from costtui.domain.money import EXACT

Source = Literal["cloudformation", "terraform", "aws-config", "azure-policy"]
Status = Literal["drifted", "deleted", "unmanaged", "moved", "noncompliant", "in-sync", "unknown"]
Tier = Literal["declared", "undeclared", "noise"]
Severity = Literal["critical", "high", "medium", "low", "none"]
Op = Literal["add", "remove", "change"]
Class = Literal["security", "cost", "tag", "config", "noise"]
Via = Literal["console", "cli", "sdk", "service"]

SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low", "none")
"""Worst first."""


NO_EVENT = "no event in 90 days here"
"""Why nobody is named although the trail was asked. It is not "nobody"."""
NO_RECENT_CHANGE = "no change in 14 days here"
"""The same for Azure, which keeps changes for 14 days."""
IGNORED = "ignored"
"""The rule of a difference that the user's own list leaves out."""


class Difference(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One property that differs. `expected` and `actual` are JSON text, or None where that side has none or is redacted.

    `path` is a JSON pointer (RFC 6901). `rule` names the noise or severity rule that judged it.
    """

    path: str
    expected: str | None
    actual: str | None
    op: Op
    class_: Class = msgspec.field(name="class", default="config")
    rule: str = ""
    redacted: bool = False
    fingerprint: str = ""
    """Of a changed secret, its keyed hash (`redaction.Secrets.fingerprint`): as long as that is the same, both sides are."""


_packed = msgspec.msgpack.Encoder().encode
_unpacked = msgspec.msgpack.Decoder(list[Difference]).decode


class Differences(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The differences of one resource: what a list tells of them, and all of them, packed: those of 10,000 rows may take 50 MB."""

    first: Difference | None = None
    """The first one that is real; of those that are all explained, the first."""
    more: int = 0
    """How many of its kind there are besides."""
    rules: list[str] = []
    """The noise rules that explain any, each once; a difference may need several ("N1 N4")."""
    packed: bytes = b""

    @classmethod
    def of(cls, differences: Sequence[Difference]) -> "Differences":
        if not differences:
            return cls()
        told = [one for one in differences if one.class_ != "noise"] or differences
        rules = sorted({rule for one in differences if one.class_ == "noise" for rule in one.rule.split()})
        return cls(told[0], len(told) - 1, rules, zlib.compress(_packed(differences), 1))

    def all(self) -> list[Difference]:
        """Unpacked anew at each call."""
        return _unpacked(zlib.decompress(self.packed)) if self.packed else []


class DriftFinding(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One resource as a source reports it, before judgement; secrets are already taken out."""

    source: Source
    scope: str
    address: str
    type: str
    physical_id: str | None
    account: str | None
    region: str | None
    status: Status
    differences: list[Difference] = []
    reason: str = ""
    """Why the status is what it is, where the source says so (a throttled check, an unsupported type)."""
    tags: dict[str, str] = {}
    last_checked: datetime | None = None
    counted: bool = True
    """True when the source itself reported this as drift; False for unchecked and in-sync resources."""
    context: dict[str, str] = {}
    """Unchanged properties that price and severity are read from (`price_delta.INPUTS`): JSON pointer to JSON text, no secrets.
    Of a deleted resource, what it had."""
    undeclared: list[str] = []
    """JSON pointers, each with all below it, that the code does not declare or that the next apply will not revert."""
    construct: str = ""
    """Where CDK's code declares it: the template's `aws:cdk:path`, "" without one."""

    @property
    def id(self) -> str:
        return f"{self.source}/{self.scope}/{self.address}"


class Owned(msgspec.Struct, frozen=True, array_like=True):
    """A managed resource that what another file reports may only repeat (`related.across`): its values as JSON text, without secrets."""

    type: str
    values: str
    account: str | None = None
    region: str | None = None


class Ignore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of `[[drift.ignore]]`. It still holds on the day `expires` names."""

    match: str
    reason: str
    expires: date | None = None

    @property
    def sentence(self) -> str:
        """The reason, and how long it holds: "ignored until 2027-06-30: kept until the audit is closed"."""
        return f"ignored{f' until {self.expires}' if self.expires else ''}: {self.reason}"

    def expired(self, today: date) -> bool:
        return self.expires is not None and self.expires < today


class DriftCoverage(msgspec.Struct, frozen=True):
    """How much of one scope was looked at. Unchecked is not in sync."""

    scope: str
    checked: int
    unchecked: int
    unsupported: int = 0
    """Of the unchecked ones, those of a type that the source can never check."""


class Inventory(msgspec.Struct, frozen=True):
    """What one Terraform file manages. A state and the plans of its own folder are of the same resources."""

    folder: str
    state: bool
    """Of a state, which says nothing of drift; else of a plan."""
    blocks: dict[str, int]
    """How many resources each block of the code has, by address without the keys of `count` and `for_each`."""


class ConfigRule(msgspec.Struct, frozen=True):
    """An active AWS Config rule. `identifier` is that of AWS's managed rules, "" for one of the user's own."""

    name: str
    identifier: str
    account: str
    region: str


class PriceTerm(msgspec.Struct, frozen=True, array_like=True):
    """One product in the price of a side: its factors in words, and what it comes to in USD a month."""

    actual: bool
    """Of the actual side, else of the declared one."""
    words: str
    monthly: Decimal


class RecordedChange(msgspec.Struct, frozen=True, array_like=True):
    """A state that differs from the one recorded before it. `at` is when Config captured it."""

    at: datetime
    words: str
    """"changed", "deleted", "found", as Config's status says."""
    differences: list[Difference] = []


class DriftRow(msgspec.Struct, frozen=True, array_like=True):
    """One row of the drift pane. `monthly_delta` is USD a month of actual minus expected; None is unpriced."""

    id: str
    source: Source
    scope: str
    address: str
    type: str
    physical_id: str | None
    account: str | None
    account_name: str | None
    team: str | None
    environment: str | None
    region: str | None
    status: Status
    tier: Tier
    severity: Severity
    told: Differences
    monthly_delta: Decimal | None
    price_basis: str | None
    changed_by: str | None
    changed_at: datetime | None
    changed_via: Via | None
    last_checked: datetime | None
    reason: str = ""
    changed_event: str = ""
    """The API call that changed it last."""
    changed_note: str = ""
    """Without `changed_by`, why nobody is named."""
    changed_agent: str = ""
    """The client that the call came with, as it names itself."""
    weighed_by: str = ""
    """What made the severity: "status", "money", or the path of the difference that weighs most."""
    price_terms: list[PriceTerm] = []
    construct: str = ""
    """CDK's path of it: "CheckoutStack/Api/Handler/Resource"."""
    what: str = ""
    """The change in a few words, once the pane has found them: a table of thousands is sorted and filtered by them."""
    kin: str = ""
    """The same for rows that changed in the same way, which a table may show as one; "" stands alone."""
    history: list[RecordedChange] = []
    """What AWS Config has recorded of it, newest first, where that was asked."""
    history_note: str = ""
    """Why that is empty or not all of it; "" too where nobody asked."""

    @property
    def differences(self) -> list[Difference]:
        """Unpacked anew at each call."""
        return self.told.all()


class Present(msgspec.Struct, frozen=True):
    """Which guardrails are known to be in place; None where nobody looked, which is not the same as nothing.

    `config_rules` are managed rule identifiers, `organization` the service control policies as they were read, `required_tags` the
    configured tag keys. The checks of pipelines are nowhere to be read.
    """

    config_rules: Collection[str] | None = None
    organization: list[OrganizationGuardrails] | None = None
    required_tags: Collection[str] | None = None


class GuardrailCoverage(msgspec.Struct, frozen=True):
    """Real drifts by what is known of their guardrails: `checked` as soon as one of them was looked for; `unsupported` have none in the
    catalogue."""

    checked: int
    unchecked: int
    unsupported: int


class DriftTotals(msgspec.Struct, frozen=True):
    """`reported` is what the sources call drift; `real` and `explained` (noise) part it; `ignored` is the user's own list."""

    reported: int
    real: int
    explained: int
    ignored: int
    checked: int
    unchecked: int
    monthly_delta: Decimal | None
    currency: str = "USD"
    unsupported: int = 0
    """Of the unchecked resources, those of a type that no source can check."""
    present: Present = Present()
    critical: int = 0
    guardrails: GuardrailCoverage = GuardrailCoverage(0, 0, 0)
    remediation_usd_per_resource: Decimal | None = None
    """What the user assumes that mending one resource costs in work; None assumes nothing. Never part of `monthly_delta`."""

    @property
    def remediation_usd(self) -> Decimal | None:
        """The same for all that is real, once, in USD."""
        each = self.remediation_usd_per_resource
        return None if each is None else EXACT.multiply(each, Decimal(self.real))
