"""An account with many functions, 50 ms away: a server on 127.0.0.1 in a process of its own, as cheap as can be.

It answers what the functions pane asks, in AWS's own formats, and remembers when each request came: `GET /log`.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Callable
from typing import Any

LATENCY = 0.05
PAGE = 50
ACCOUNT = "111122223333"
DAY = 86_400

Reply = tuple[int, str, bytes]
FUNCTION = {
    "Runtime": "python3.12",
    "Role": f"arn:aws:iam::{ACCOUNT}:role/lambda",
    "Handler": "app.handler",
    "CodeSize": 1_200_000,
    "Timeout": 15,
    "LastModified": "2026-10-01T00:00:00.000+0000",
    "CodeSha256": "x" * 43 + "=",
    "Version": "$LATEST",
    "TracingConfig": {"Mode": "PassThrough"},
    "RevisionId": "0" * 32,
    "PackageType": "Zip",
    "Architectures": ["arm64"],
    "EphemeralStorage": {"Size": 512},
    "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
}


class SlowCloud:
    """Counts, waits, answers."""

    def __init__(self, functions: int) -> None:
        self.functions = functions
        self.log: list[tuple[float, str, int, int]] = []
        """When a request came, its operation, its metrics or functions, and the points of each metric."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                came = time.time()
                found = re.search(rb"(?i)content-length: *(\d+)", head)
                body = await reader.readexactly(int(found[1])) if found else b""
                status, kind, answer = self._answer(head.decode("latin-1"), body, came)
                await asyncio.sleep(max(0.0, came + LATENCY - time.time()) if "/log" not in head.split(b"\r\n")[0].decode() else 0)
                writer.write(f"HTTP/1.1 {status} OK\r\nContent-Type: {kind}\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, head: str, body: bytes, came: float) -> Reply:
        target = re.search(r"(?i)x-amz-target: *\S+\.(\w+)", head)
        line = head.partition("\r\n")[0]
        operation = (
            target[1] if target else "GetCallerIdentity" if b"GetCallerIdentity" in body else line.split()[1].partition("?")[0].rstrip("/")
        )
        size = points = 0
        if operation == "/log":
            return 200, "application/json", json.dumps(self.log).encode()
        known: dict[str, Callable[[str, Any], tuple[Reply, int, int]]] = {
            "/2015-03-31/functions": self._functions,
            "/2016-08-19/account-settings": self._settings,
            "GetMetricData": self._metrics,
            "GetCallerIdentity": self._identity,
            "GetResources": self._resources,
            "ListMetrics": self._nothing,
        }
        handler = known.get(operation)
        if handler is None:
            reply: Reply = (400, "application/x-amz-json-1.1", b'{"__type":"OptInRequiredException","message":"not here"}')
        else:
            reply, size, points = handler(line, body)
        self.log.append((came, operation, size, points))
        return reply

    def _functions(self, line: str, _: bytes) -> tuple[Reply, int, int]:
        found = re.search(r"Marker=(\d+)", line)
        start = int(found[1]) if found else 0
        end = min(start + PAGE, self.functions)
        listed = [
            {**FUNCTION, "FunctionName": name, "FunctionArn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}", "MemorySize": 512}
            for name in (f"function-{number:05}" for number in range(start, end))
        ]
        page: dict[str, Any] = {"Functions": listed} | ({"NextMarker": str(end)} if end < self.functions else {})
        return (200, "application/json", json.dumps(page).encode()), end - start, 0

    def _settings(self, _: str, __: bytes) -> tuple[Reply, int, int]:
        return (200, "application/json", json.dumps({"AccountUsage": {"FunctionCount": self.functions}}).encode()), 0, 0

    def _metrics(self, _: str, body: bytes) -> tuple[Reply, int, int]:
        asked = json.loads(body)
        queries, first, last = asked["MetricDataQueries"], int(asked["StartTime"]), int(asked["EndTime"])
        period = queries[0]["MetricStat"]["Period"]
        moments = list(range(first, last, period))
        values = ",".join(f"{number * 1000}.5" for number, _ in enumerate(moments, 1))
        same = f'"Label":"x","Timestamps":[{",".join(map(str, moments))}],"Values":[{values}],"StatusCode":"Complete"'
        results = ",".join(f'{{"Id":"{query["Id"]}",{same}}}' for query in queries)
        return (
            (200, "application/x-amz-json-1.0", f'{{"MetricDataResults":[{results}],"Messages":[]}}'.encode()),
            len(queries),
            len(moments),
        )

    def _identity(self, _: str, __: bytes) -> tuple[Reply, int, int]:
        result = f"<GetCallerIdentityResult><Account>{ACCOUNT}</Account></GetCallerIdentityResult>"
        text = f"<GetCallerIdentityResponse>{result}</GetCallerIdentityResponse>"
        return (200, "text/xml", text.encode()), 0, 0

    def _resources(self, _: str, __: bytes) -> tuple[Reply, int, int]:
        return (200, "application/x-amz-json-1.1", b'{"ResourceTagMappingList":[],"PaginationToken":""}'), 0, 0

    def _nothing(self, _: str, __: bytes) -> tuple[Reply, int, int]:
        return (200, "application/x-amz-json-1.0", b'{"Metrics":[]}'), 0, 0


async def main() -> None:
    cloud = SlowCloud(int(sys.argv[1]))
    server = await asyncio.start_server(cloud.serve, "127.0.0.1", 0, limit=1 << 20)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
