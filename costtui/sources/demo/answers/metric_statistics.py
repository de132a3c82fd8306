"""CloudWatch GetMetricStatistics, and ListMetrics of what only functions with provisioned concurrency have.

A function's alias (dimension Resource) has its part of the function's own figures.
"""

from dataclasses import replace
from typing import Any

from costtui.sources.demo.answers import cloudwatch
from costtui.sources.demo.answers.call import Answer, Call, Table
from costtui.sources.demo.faults import CloudError
from costtui.sources.demo.versions import versions_of
from costtui.sources.demo.world import World

SERVED, UTILIZATION = "ProvisionedConcurrencyInvocations", "ProvisionedConcurrencyUtilization"
POINTS = 1_440
"""What one answer holds at most, as AWS states it."""


def get_metric_statistics(world: World, call: Call) -> Answer:
    params = call.params
    dimensions = {one["Name"]: one["Value"] for one in params.get("Dimensions", ())}
    if (params["EndTime"] - params["StartTime"]).total_seconds() / params["Period"] > POINTS:
        raise CloudError("InvalidParameterCombination", f"You have requested more than {POINTS} datapoints")
    known = versions_of(dimensions.get("FunctionName", ""))
    share = known.share_of(dimensions["Resource"].partition(":")[2]) if "Resource" in dimensions else 1.0
    metric = params["MetricName"]
    if metric == SERVED:
        share, metric = share * known.served, "Invocations"
    points: dict[Any, dict[str, Any]] = {}
    statistics = [*params.get("Statistics", ()), *params.get("ExtendedStatistics", ())]
    for statistic in statistics if share else ():
        result = _one(world, call, metric, dimensions, statistic)
        for at, value in zip(result["Timestamps"], result["Values"], strict=True):
            point = points.setdefault(at, {"Timestamp": at, "Unit": "Milliseconds" if metric == "Duration" else "Count"})
            amount = _part(value, share) if statistic in ("Sum", "SampleCount") else value
            if statistic in params.get("ExtendedStatistics", ()):
                point.setdefault("ExtendedStatistics", {})[statistic] = amount
            else:
                point[statistic] = amount
    return {"Label": params["MetricName"], "Datapoints": list(points.values())}


def _part(value: float, share: float) -> float:
    return float(int(value * share)) if value == int(value) else round(value * share, 3)


def _one(world: World, call: Call, metric: str, dimensions: dict[str, str], statistic: str) -> Answer:
    params = call.params
    named = [{"Name": name, "Value": value} for name, value in dimensions.items() if name != "Resource"]
    query = {
        "Id": "m0",
        "MetricStat": {
            "Metric": {"Namespace": params["Namespace"], "MetricName": metric, "Dimensions": named},
            "Period": params["Period"],
            "Stat": statistic,
        },
    }
    span = {"StartTime": params["StartTime"], "EndTime": params["EndTime"], "ScanBy": "TimestampAscending"}
    answer: Answer = cloudwatch.get_metric_data(world, replace(call, params={"MetricDataQueries": [query], **span}))
    result: Answer = answer["MetricDataResults"][0] if answer["MetricDataResults"] else {"Timestamps": [], "Values": []}
    return result


def list_metrics(world: World, call: Call) -> Answer:
    if call.params.get("MetricName") not in (SERVED, UTILIZATION):
        return cloudwatch.list_metrics(world, call)
    metrics = [
        {
            "Namespace": "AWS/Lambda",
            "MetricName": call.params["MetricName"],
            "Dimensions": [{"Name": "FunctionName", "Value": name}, {"Name": "Resource", "Value": f"{name}:{one.qualifier}"}],
        }
        for name in world.functions_in(call.account, call.region)
        for one in versions_of(name).provisioned
    ]
    return {"Metrics": metrics}


HANDLERS: Table = {("cloudwatch", "GetMetricStatistics"): get_metric_statistics, ("cloudwatch", "ListMetrics"): list_metrics}
