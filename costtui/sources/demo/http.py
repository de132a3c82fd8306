"""The demo company's own HTTP services for httpx: its CRM and its Prometheus, in process and without a port."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from costtui.sources.demo.customers import Tenant
from costtui.sources.demo.faults import CloudError, Unreachable, Unreadable
from costtui.sources.demo.usage import amounts
from costtui.sources.demo.world import World

if TYPE_CHECKING:
    import httpx

CRM, PROMETHEUS = "crm.demo.invalid", "prometheus.demo.invalid"
_QUERY = re.compile(r"\s*sum by \(([\w, ]+)\)\s*\(\s*increase\(\s*(\w+)\s*\[(\d+)d\]\s*\)\s*\)\s*")
_METRICS = ("tenant_requests_total", "tenant_ai_tokens_total")
_STATUS = {"ThrottlingException": 429, "ExpiredTokenException": 401, "AccessDeniedException": 403}

Parameters = dict[str, str]
Vector = dict[tuple[tuple[str, str], ...], float]


def client(world: World) -> "httpx.Client":
    """A real client whose every request the demo company answers."""
    import httpx

    return httpx.Client(transport=transport(world))


def transport(world: World) -> "httpx.BaseTransport":
    """Answers http://crm.demo.invalid/customers and Prometheus' query API. Faults are under ("crm", "GET") and ("prometheus", "query")."""
    import httpx

    hosts: dict[str, tuple[str, str, Callable[[World, str, Parameters], tuple[int, Any]]]] = {
        CRM: ("crm", "GET", _crm),
        PROMETHEUS: ("prometheus", "query", _prometheus),
    }

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host not in hosts:
            raise httpx.ConnectError(f"the demo has no host {request.url.host}", request=request)
        service, operation, handler = hosts[request.url.host]
        fault = world.faults.get((service, operation))
        try:
            if fault is not None:
                fault.strike(service, operation)
        except CloudError as error:
            return httpx.Response(_STATUS.get(error.code, error.status), json={"error": error.message}, headers=error.headers)
        except Unreadable as error:
            return httpx.Response(200, html=str(error))
        except Unreachable as error:
            raise httpx.ConnectError(f"cannot reach {error}", request=request) from None
        parameters = {**dict(request.url.params), **dict(httpx.QueryParams(request.content.decode()))}
        with world.lock:
            status, body = handler(world, request.url.path, parameters)
        return httpx.Response(status, json=body)

    return httpx.MockTransport(answer)


def _crm(world: World, path: str, parameters: Parameters) -> tuple[int, Any]:
    if path != "/customers":
        return 404, {"error": f"no such resource: {path}"}
    known = [tenant for tenant in world.tenants if tenant.plan]
    size = 10 if world.scale == 0 else 1_000
    number = int(parameters.get("page", "1"))
    items = known[(number - 1) * size : number * size]
    following = f"http://{CRM}/customers?page={number + 1}" if number * size < len(known) else None
    return 200, {"items": [_customer(tenant) for tenant in items], "next": following}


def _customer(tenant: Tenant) -> dict[str, Any]:
    return {
        "id": tenant.id,
        "name": tenant.name,
        "plan": tenant.plan,
        "mrr": str(tenant.mrr),
        "currency": "USD",
        "segment": tenant.segment,
        "owner_team": tenant.owner_team,
        "since": tenant.since.isoformat() if tenant.since else None,
        "until": None,
        "aliases": list(tenant.aliases),
        "parent": tenant.parent,
    }


def _prometheus(world: World, path: str, parameters: Parameters) -> tuple[int, Any]:
    matched = _QUERY.fullmatch(parameters.get("query", ""))
    if path not in ("/api/v1/query", "/api/v1/query_range"):
        return 404, {"status": "error", "errorType": "not_found", "error": f"no such endpoint: {path}"}
    if matched is None:
        error = "the demo evaluates sum by (…)(increase(metric[Nd])) only"
        return 400, {"status": "error", "errorType": "bad_data", "error": error}
    labels = [label.strip() for label in matched[1].split(",")]
    metric, window = matched[2], timedelta(days=int(matched[3]))
    if path == "/api/v1/query":
        at = _moment(parameters.get("time"), world.now)
        vector = _vector(world, labels, metric, window, at)
        result = [{"metric": dict(key), "value": [at.timestamp(), _number(value)]} for key, value in vector.items()]
        return 200, {"status": "success", "data": {"resultType": "vector", "result": result}}
    series: dict[tuple[tuple[str, str], ...], list[Any]] = {}
    at, end = _moment(parameters.get("start"), world.now), _moment(parameters.get("end"), world.now)
    while at <= end:
        for key, value in _vector(world, labels, metric, window, at).items():
            series.setdefault(key, []).append([at.timestamp(), _number(value)])
        at += timedelta(seconds=float(parameters.get("step", "86400")))
    result = [{"metric": dict(key), "values": values} for key, values in series.items()]
    return 200, {"status": "success", "data": {"resultType": "matrix", "result": result}}


def _vector(world: World, labels: list[str], metric: str, window: timedelta, at: datetime) -> Vector:
    found: Vector = {}
    if metric not in _METRICS:
        return found
    for tenant, function, value in amounts(world, metric, at - window, at):
        own = {"tenant": tenant, "function": function}
        key = tuple((label, own[label]) for label in labels if label in own)
        if value:
            found[key] = found.get(key, 0.0) + value
    return found


def _moment(text: str | None, default: datetime) -> datetime:
    if not text:
        return default
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return datetime.fromtimestamp(float(text), UTC)
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
