"""What Athena knows of a table and of itself before it is asked anything that costs: columns, partitions, sizes, limits."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from costtui.domain.datasets import Scope
from costtui.domain.period import month_start
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.athena_run import size
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.billing_sql import Columns, Query, canonical, quoted

CATALOG = "AwsDataCatalog"
LOOKED_AT = 50
"""Earlier queries of the workgroup in which one of ours is looked for: one page, one batch."""
SIZES = ("sizeKey", "totalSize")
"""Where a Glue crawler or a table's statistics keep its bytes."""


class Table(NamedTuple):
    """A table of the Glue catalog. `bytes` is None where nobody has counted them."""

    database: str
    name: str
    columns: Columns
    partitions: Sequence[str]
    bytes: int | None

    def source(self, query: Query, days: Sequence[date]) -> str:
        """The table, and of its partitions those of the billing periods of `days`: only these are scanned and billed."""
        months = sorted({month_start(day) for day in days})
        folded = {name.casefold(): name for name in self.partitions}
        limits: list[str] = []
        if period := folded.get("billing_period"):
            limits.append(f"{quoted(period)} in ({_bound(query, [f'{month:%Y-%m}' for month in months])})")
        elif {"year", "month"} <= folded.keys():
            years = sorted({str(month.year) for month in months})
            numbers = sorted({text for month in months for text in (str(month.month), f"{month:%m}")})
            limits = [f"cast({quoted(folded['year'])} as varchar) in ({_bound(query, years)})"]
            limits.append(f"cast({quoted(folded['month'])} as varchar) in ({_bound(query, numbers)})")
        where = f" where {' and '.join(limits)}" if limits else ""
        return f"{quoted(self.database)}.{quoted(self.name)}{where}"


class Workgroup(NamedTuple):
    """Where answers go and how much one query may scan; None where the workgroup does not say."""

    name: str
    output: str | None
    enforced: bool
    """The workgroup's own output counts, whatever a query names."""
    most_bytes: int | None


class Scan(NamedTuple):
    """How much a query is expected to read, and what that is based on, in words."""

    bytes: int
    basis: str


class Catalog:
    """The free questions."""

    def __init__(self, cloud: AwsCloud, source: str, scope: Scope) -> None:
        self._cloud, self._source, self._scope = cloud, source, scope

    def table(self, database: str, name: str) -> Table:
        """Raises SourceError, also where there is none."""
        try:
            found = self._cloud.call(
                self._source, self._scope, "athena", "get_table_metadata", CatalogName=CATALOG, DatabaseName=database, TableName=name
            )["TableMetadata"]
        except SourceError as error:
            if error.problem.what.startswith("MetadataException"):
                what, action = f"there is no table {database}.{name}", "check database and table of [customers.billing], and the region"
                raise SourceError(Problem("failed", self._source, what, action, self._scope.words)) from None
            raise
        partitions = [column["Name"] for column in found.get("PartitionKeys", ())]
        columns = {canonical(column["Name"]): (quoted(column["Name"]), column.get("Type", "string")) for column in found.get("Columns", ())}
        told: dict[str, str] = found.get("Parameters", {})
        counted = next((int(told[key]) for key in SIZES if told.get(key, "").isdigit()), None)
        return Table(database, name, columns, partitions, counted)

    def workgroup(self, name: str) -> Workgroup:
        """Its limits; without the permission to look, none that are known."""
        try:
            found = self._cloud.call(self._source, self._scope, "athena", "get_work_group", WorkGroup=name)["WorkGroup"]
        except SourceError as error:
            if error.problem.kind == "denied":
                return Workgroup(name, None, enforced=False, most_bytes=None)
            raise
        if found.get("State") == "DISABLED":
            raise SourceError(Problem("not-enabled", self._source, f"the workgroup {name} is disabled", "name another, or enable it"))
        settings: dict[str, Any] = found.get("Configuration", {})
        managed = settings.get("ManagedQueryResultsConfiguration", {}).get("Enabled", False)
        output = "managed by Athena" if managed else settings.get("ResultConfiguration", {}).get("OutputLocation") or None
        enforced = managed or bool(output and settings.get("EnforceWorkGroupConfiguration", False))
        return Workgroup(name, output, enforced, settings.get("BytesScannedCutoffPerQuery"))

    def expected(self, table: Table, workgroup: str, mark: str) -> Scan:
        """What a query that begins with `mark` will scan: as much as the last one did, else at most the whole table."""
        if (last := self._last(workgroup, mark)) is not None:
            return Scan(last, f"{size(last)}, as the last time")
        if table.bytes is not None:
            return Scan(table.bytes, f"at most {size(table.bytes)}, all of the table as Glue counted it")
        return Scan(0, "an unknown amount: nobody has counted the table, and 10 MB is the least that is billed")

    def _last(self, workgroup: str, mark: str) -> int | None:
        try:
            listed = self._cloud.call(
                self._source, self._scope, "athena", "list_query_executions", WorkGroup=workgroup, MaxResults=LOOKED_AT
            ).get("QueryExecutionIds", [])
            if not listed:
                return None
            found = self._cloud.call(self._source, self._scope, "athena", "batch_get_query_execution", QueryExecutionIds=listed)
        except SourceError as error:
            if error.problem.kind == "denied":
                return None
            raise
        by_id = {query["QueryExecutionId"]: query for query in found.get("QueryExecutions", ())}
        for query in (by_id[name] for name in listed if name in by_id):  # newest first
            if query["Status"]["State"] == "SUCCEEDED" and query.get("Query", "").startswith(mark):
                return int(query.get("Statistics", {}).get("DataScannedInBytes", 0))
        return None


def _bound(query: Query, values: Sequence[str]) -> str:
    return ", ".join(query.bind(value) for value in values)
