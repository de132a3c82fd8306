"""The datasets that sources bring and panes are built from: record type, how long an answer holds, whether asking costs."""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from costtui.domain.customers.records import Customer, CustomerServices, LedgerLine, UsagePoint
from costtui.domain.drift.attribution import Attribution
from costtui.domain.drift.config_history import ConfigHistory
from costtui.domain.drift.detection import StackDetection
from costtui.domain.drift.records import ConfigRule, DriftCoverage, DriftFinding, Inventory, Owned
from costtui.domain.drift.service_control import OrganizationGuardrails
from costtui.domain.functions.bill_records import BilledLine, FunctionVersions, LambdaBillLine
from costtui.domain.functions.records import Function, FunctionDays, OptimizerReport, UsageDay, WindowMetrics
from costtui.domain.functions.reported import FunctionReports
from costtui.domain.functions.tuning import FunctionRuns


class Account(msgspec.Struct, frozen=True):
    """A cloud account: its number, and the name people know it by."""

    id: str
    name: str


class ResourceTags(msgspec.Struct, frozen=True, array_like=True):
    """Tags of one resource, by ARN."""

    arn: str
    tags: dict[str, str]


class DriftReport(msgspec.Struct, frozen=True):
    """What one scope (a stack, a plan file) says of its resources."""

    findings: list[DriftFinding]
    coverage: DriftCoverage
    owned: list[Owned] = []
    """What it manages that the drift of other scopes may only repeat."""
    version: str = ""
    """Which state of its object it was read from (an ETag), where that can be told without reading it."""
    taken_at: datetime | None = None
    """When that was true, where the object says so."""
    inventory: Inventory | None = None


class Dataset(msgspec.Struct, frozen=True):
    """One kind of answer. `daily` ones are stored a day at a time, and a closed day is final."""

    name: str
    record: Any
    holds: timedelta
    """How long an answer counts as fresh; for daily ones, that of a day that is still open."""
    daily: bool = False
    windowed: bool = False
    """The answer holds for the window that it was asked for, and for no other."""
    settles: timedelta = timedelta(hours=2)
    """How long after its end a day of a daily dataset may still change (points arrive late), and is asked for again."""
    makes_rows: bool = True
    """False where it only adds to rows that another dataset makes (names, tags, usage)."""
    asked: bool = False
    """Brought for the subjects of an `Ask` only, and kept until one of them is asked again. Its records have a `subject`."""

    @property
    def many(self) -> Any:
        """The type of a stored answer: a list of records."""
        return list[self.record]  # type: ignore[name-defined]


DATASETS: dict[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        Dataset("accounts", Account, timedelta(hours=12), makes_rows=False),
        Dataset("functions", Function, timedelta(minutes=15)),
        Dataset("resource-tags", ResourceTags, timedelta(minutes=15), makes_rows=False),
        Dataset("function-usage", UsageDay, timedelta(hours=1), daily=True, makes_rows=False),
        Dataset("function-window", WindowMetrics, timedelta(days=1), windowed=True, makes_rows=False),
        Dataset("function-provisioned", FunctionVersions, timedelta(hours=1), windowed=True, makes_rows=False),
        Dataset("function-versions", FunctionVersions, timedelta(hours=12), windowed=True, makes_rows=False, asked=True),
        Dataset("function-billed", BilledLine, timedelta(0), windowed=True, makes_rows=False),
        Dataset("lambda-bill", LambdaBillLine, timedelta(hours=12), daily=True, settles=timedelta(days=3), makes_rows=False),
        Dataset("function-statistics", FunctionDays, timedelta(hours=1), windowed=True, makes_rows=False, asked=True),
        Dataset("function-history", FunctionDays, timedelta(hours=1), makes_rows=False, asked=True),
        Dataset("function-reports", FunctionReports, timedelta(days=1), windowed=True, makes_rows=False, asked=True),
        Dataset("tuning-runs", FunctionRuns, timedelta(0), makes_rows=False),
        Dataset("optimizer-advice", OptimizerReport, timedelta(hours=12), makes_rows=False),
        Dataset("cloudformation-drift", DriftReport, timedelta(minutes=15)),
        Dataset("terraform-drift", DriftReport, timedelta(minutes=15)),
        Dataset("config-rules", ConfigRule, timedelta(hours=1), makes_rows=False),
        Dataset("config-drift", DriftReport, timedelta(minutes=15)),
        Dataset("azure-drift", DriftReport, timedelta(minutes=15)),
        Dataset("attributions", Attribution, timedelta(0), makes_rows=False),
        Dataset("row-attributions", Attribution, timedelta(0), makes_rows=False, asked=True),
        Dataset("config-history", ConfigHistory, timedelta(0), makes_rows=False, asked=True),
        Dataset("stack-detections", StackDetection, timedelta(0), makes_rows=False, asked=True),
        Dataset("organization-guardrails", OrganizationGuardrails, timedelta(hours=12), makes_rows=False),
        Dataset("bill", LedgerLine, timedelta(hours=6), daily=True, settles=timedelta(days=3)),
        Dataset("customer-services", CustomerServices, timedelta(hours=6), windowed=True, makes_rows=False, asked=True),
        Dataset("customer-usage", UsagePoint, timedelta(hours=1), daily=True, makes_rows=False),
        Dataset("directory", Customer, timedelta(minutes=15), makes_rows=False),
    )
}


class Scope(msgspec.Struct, frozen=True, order=True):
    """Where a dataset was asked: a profile and a region of a provider, or a file."""

    provider: str
    profile: str = ""
    region: str = ""
    about: str = ""
    """What else the answer depends on (a tag key, a query): another question never gets the stored answer of this one."""
    version: str = ""
    """Which state of its files the answer is read from (sizes and times); what is stored of the same state is not read again."""

    @property
    def words(self) -> str:
        return "/".join(part for part in (self.profile, self.region) if part) or self.provider


class Batch(msgspec.Struct, frozen=True):
    """Records that a source brought for one scope; for a daily dataset, all of one day.

    `estimated` is true while the provider may still change the day. `as_of` is when it was true, where that is not now (a file).
    """

    records: list[Any]
    day: date | None = None
    estimated: bool = False
    as_of: datetime | None = None
    detail: str = ""
    """What was read, in words, where a place does not say it: "focus/2026-10.parquet, FOCUS 1.0"."""
