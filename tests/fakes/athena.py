"""An Athena that runs SQL: Trino's, read by sqlglot and answered by DuckDB, behind a real boto3 client and checked by its models."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import duckdb
import sqlglot
from botocore.validate import ParamValidator

MB = 1 << 20


class _Response:
    def __init__(self, status_code: int) -> None:
        self.status_code = status_code
        self.headers: dict[str, str] = {}


class Refused(Exception):
    """Answered as an error of this code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Athena:
    """One account's. `states` is what every query goes through; `asked` are the operations with their parameters."""

    def __init__(self) -> None:
        self.database = duckdb.connect()
        self.database.execute("set TimeZone = 'UTC'")
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.states: Sequence[str] = ("QUEUED", "RUNNING", "SUCCEEDED")
        self.reason = ""
        self.scanned = 300 * MB
        self.workgroup: dict[str, Any] = {"ResultConfiguration": {"OutputLocation": "s3://answers/"}}
        self.parameters: dict[str, str] = {}
        self.partitions: Sequence[str] = ()
        self.refused: dict[str, Refused] = {}
        self.queries: list[dict[str, Any]] = []
        self.page = 1_000

    def table(self, rows: str) -> None:
        """Make billing.export of a DuckDB query; names are folded, as in the Glue catalog."""
        self.database.execute(f"create schema if not exists billing; create or replace table billing.export as {rows}")

    def install(self, session: Any, _profile: str) -> None:
        session.register("before-call.athena.*", self._answered)

    def operations(self) -> list[str]:
        return [name for name, _ in self.asked]

    def _answered(self, model: Any, params: dict[str, Any], **_: Any) -> tuple[_Response, dict[str, Any]]:
        asked = json.loads(params["body"])
        self.asked.append((model.name, asked))
        try:
            if model.name in self.refused:
                raise self.refused[model.name]
            handler: Callable[[dict[str, Any]], dict[str, Any]] = getattr(self, model.name)
            answer = handler(asked)
        except Refused as error:
            status, answer = 400, {"Error": {"Code": error.code, "Message": error.message}}
        else:
            status = 200
            problems = ParamValidator().validate(answer, model.output_shape)
            assert not problems.has_errors(), problems.generate_report()
        return _Response(status), {**answer, "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}}}

    def GetTableMetadata(self, asked: dict[str, Any]) -> dict[str, Any]:
        if (asked["DatabaseName"], asked["TableName"]) != ("billing", "export"):
            raise Refused("MetadataException", "EntityNotFoundException: Entity Not Found")
        described = self.database.execute("describe billing.export").fetchall()
        columns = [{"Name": name.lower(), "Type": _glue(kind)} for name, kind, *_ in described]
        keys = [column for column in columns if column["Name"] in self.partitions]
        rest = [column for column in columns if column not in keys]
        return {"TableMetadata": {"Name": "export", "Columns": rest, "PartitionKeys": keys, "Parameters": self.parameters}}

    def GetWorkGroup(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"WorkGroup": {"Name": asked["WorkGroup"], "State": "ENABLED", "Configuration": self.workgroup}}

    def ListQueryExecutions(self, _: dict[str, Any]) -> dict[str, Any]:
        names = [query["QueryExecutionId"] for query in reversed(self.queries)]
        return {"QueryExecutionIds": names} if names else {}

    def BatchGetQueryExecution(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"QueryExecutions": [self._shown(name) for name in asked["QueryExecutionIds"]]}

    def StartQueryExecution(self, asked: dict[str, Any]) -> dict[str, Any]:
        assert asked["QueryExecutionContext"] == {"Database": "billing"}
        assert all(0 < len(text) <= 1_024 for text in asked["ExecutionParameters"])
        name = f"q{len(self.queries)}"
        self.queries.append({"QueryExecutionId": name, "Query": asked["QueryString"], "left": list(self.states), "asked": asked})
        return {"QueryExecutionId": name}

    def GetQueryExecution(self, asked: dict[str, Any]) -> dict[str, Any]:
        query = self._query(asked["QueryExecutionId"])
        if len(query["left"]) > 1:
            query["left"].pop(0)
        return {"QueryExecution": self._shown(query["QueryExecutionId"])}

    def StopQueryExecution(self, asked: dict[str, Any]) -> dict[str, Any]:
        self._query(asked["QueryExecutionId"])["left"] = ["CANCELLED"]
        return {}

    def GetQueryResults(self, asked: dict[str, Any]) -> dict[str, Any]:
        query = self._query(asked["QueryExecutionId"])
        if "rows" not in query:
            query["rows"] = self._run(query["asked"])
        start = int(asked.get("NextToken", "0"))
        end = start + min(self.page, asked["MaxResults"])
        rows = [{"Data": [{} if cell is None else {"VarCharValue": cell} for cell in row]} for row in query["rows"][start:end]]
        return {"ResultSet": {"Rows": rows}, **({"NextToken": str(end)} if end < len(query["rows"]) else {})}

    def _run(self, asked: dict[str, Any]) -> list[list[str | None]]:
        texts = asked["QueryString"].split("?")
        assert len(texts) == len(asked["ExecutionParameters"]) + 1
        sql = texts[0] + "".join(value + text for value, text in zip(asked["ExecutionParameters"], texts[1:], strict=True))
        answer = self.database.execute(sqlglot.transpile(sql, read="trino", write="duckdb")[0])
        header: list[str | None] = [column[0] for column in answer.description or ()]
        return [header, *([None if cell is None else str(cell) for cell in row] for row in answer.fetchall())]

    def _query(self, name: str) -> dict[str, Any]:
        return next(query for query in self.queries if query["QueryExecutionId"] == name)

    def _shown(self, name: str) -> dict[str, Any]:
        query = self._query(name)
        status = {"State": query["left"][0], **({"StateChangeReason": self.reason} if self.reason else {})}
        shown = {"QueryExecutionId": name, "Query": query["Query"], "Status": status}
        return {**shown, "Statistics": {"DataScannedInBytes": self.scanned}}


def _glue(kind: str) -> str:
    kinds = {
        "VARCHAR": "string",
        "DOUBLE": "double",
        "TIMESTAMP": "timestamp",
        "DATE": "date",
        "MAP(VARCHAR, VARCHAR)": "map<string,string>",
    }
    return kinds.get(kind, "array<struct<key:string,value:string>>" if kind.endswith("[]") else kind.lower())
