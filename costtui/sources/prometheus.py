"""Usage of customers from Prometheus: one instant query at the end of every UTC day (HTTP API v1, `/api/v1/query`)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from costtui.domain.customers.records import UsagePoint
from costtui.domain.money import EXACT
from costtui.domain.problems import Kind, Problem, SourceError
from costtui.sources.directory import client_of
from costtui.sources.usage_files import weight

if TYPE_CHECKING:
    import httpx


def read(
    url: str,
    query: str,
    days: Sequence[date],
    *,
    metric: str,
    label: str,
    resource_label: str | None = None,
    client: "httpx.Client | None" = None,
) -> list[UsagePoint]:
    """What each tenant used of `metric` on each of `days`: the query's value at midnight UTC that ends the day.

    `label` holds the tenant, `resource_label` what served it; series that share both are added up. A query like
    `sum by (tenant)(increase(requests_total[1d]))` looks back over the day. Raises SourceError, also where a value is negative or
    not finite, and where no series carries `label`.
    """
    import httpx

    place = _Place(f"usage:{metric}", urlsplit(url).hostname or url)
    points: list[UsagePoint] = []
    with client_of(client) as session:
        for day in days:
            end = datetime.combine(day + timedelta(1), time(), UTC)
            parameters = {"query": query, "time": str(int(end.timestamp()))}
            try:
                answer = session.get(f"{url.rstrip('/')}/api/v1/query", params=parameters)
            except httpx.HTTPError as error:
                raise place.error("offline", f"no answer ({type(error).__name__})", "check that Prometheus runs and its url") from None
            points += _points(_vector(answer, place), day, metric, (label, resource_label), place)
    return points


class _Place:
    """Which driver and which server: the two things every error of here names."""

    def __init__(self, source: str, where: str) -> None:
        self.source, self.where = source, where

    def error(self, kind: Kind, what: str, action: str) -> SourceError:
        return SourceError(Problem(kind, self.source, what, action, self.where))


def _vector(answer: "httpx.Response", place: _Place) -> list[Any]:
    """The samples of an instant vector; a query that Prometheus refuses comes as 400 with the reason in `error`."""
    try:
        body = answer.json()
    except ValueError:
        raise place.error("malformed", f"answer {answer.status_code} is not JSON", "check the url of the usage driver") from None
    if not isinstance(body, dict) or body.get("status") != "success":
        reason = body.get("error", answer.status_code) if isinstance(body, dict) else answer.status_code
        raise place.error("failed", f"Prometheus refused the query ({reason})", "correct the query of the usage driver")
    data = body.get("data") or {}
    if data.get("resultType") != "vector":
        raise place.error("malformed", f"the query gives a {data.get('resultType')}", "write one that gives an instant vector, as sum by")
    return list(data.get("result") or [])


def _points(
    samples: Sequence[Mapping[str, Any]], day: date, metric: str, labels: tuple[str, str | None], place: _Place
) -> Iterator[UsagePoint]:
    label, resource_label = labels
    named = [sample.get("metric") or {} for sample in samples]
    if samples and not any(label in series for series in named):
        found = ", ".join(sorted({key for series in named for key in series})) or "none"
        raise place.error("malformed", f"no series carries the label {label!r} (labels: {found})", "set label of the usage driver")
    sums: dict[tuple[str, str], Decimal] = {}
    for series, sample in zip(named, samples, strict=True):
        tenant = series.get(label, "")
        value = weight(str(sample["value"][1]), tenant, day, source=place.source, where=place.where)
        key = (tenant, series.get(resource_label, "") if resource_label else "")
        known = sums.get(key)
        sums[key] = value if known is None else EXACT.add(known, value)
    for (tenant, resource), value in sorted(sums.items()):
        yield UsagePoint(day, tenant, metric, value, resource)
