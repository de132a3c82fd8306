"""CloudTrail LookupEvents: management events of 90 days, newest first, 50 a page, one lookup attribute."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from costtui.sources.demo.answers.call import Answer, Call, Table, page, page_size
from costtui.sources.demo.company import story_text
from costtui.sources.demo.faults import CloudError
from costtui.sources.demo.seed import hexadecimal
from costtui.sources.demo.world import World

PAGE, KEPT = 50, timedelta(days=90)
_CLIENTS = {
    "console": ("203.0.113.24", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15"),
    "cli": ("203.0.113.57", "aws-cli/2.31.4 md/awscrt#0.28.1 os/linux#6.8.0 command/ec2"),
    "cloudformation": ("cloudformation.amazonaws.com", "cloudformation.amazonaws.com"),
}


def lookup_events(world: World, call: Call) -> Answer:
    params = call.params
    attributes = params.get("LookupAttributes") or []
    if len(attributes) > 1:
        raise CloudError("InvalidLookupAttributesException", "You can specify only one lookup attribute.")
    start, end = _utc(params.get("StartTime")) or world.now - KEPT, _utc(params.get("EndTime")) or world.now
    events = [
        event
        for event in json.loads(story_text("cloudformation.json"))["events"]
        if (event["account"], event["region"]) == (call.account, call.region)
        and max(start, world.now - KEPT) <= _time(event) <= min(end, world.now)
        and all(_matches(event, one["AttributeKey"], one["AttributeValue"]) for one in attributes)
    ]
    events.sort(key=_time, reverse=True)
    size = page_size(params.get("MaxResults"), PAGE)
    listed, token = page(events, params.get("NextToken"), size, error="InvalidNextTokenException")
    answer: Answer = {"Events": [_event(event) for event in listed]}
    return answer if token is None else {**answer, "NextToken": token}


def _utc(when: datetime | None) -> datetime | None:
    """On the wire a time has no zone: it is UTC."""
    return when.replace(tzinfo=UTC) if when and when.tzinfo is None else when


def _time(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["time"])


def _matches(event: dict[str, Any], key: str, value: str) -> bool:
    if key == "ResourceName":
        return any(name == value for _, name in event["resources"])
    if key == "ResourceType":
        return any(kind == value for kind, _ in event["resources"])
    fields = {"EventName": "name", "Username": "user", "EventSource": "source"}
    if key == "ReadOnly":
        return ("true" if event.get("read_only") else "false") == value
    return key in fields and event[fields[key]] == value


def _event(event: dict[str, Any]) -> Answer:
    address, agent = _CLIENTS[event["via"]]
    identity = {
        "type": "IAMUser",
        "principalId": "AIDA" + hexadecimal(16, "user", event["user"]).upper(),
        "arn": f"arn:aws:iam::{event['account']}:user/{event['user']}",
        "accountId": event["account"],
        "userName": event["user"],
    }
    event_id = hexadecimal(32, "event", event["time"], event["name"])
    record: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": event["time"],
        "eventSource": event["source"],
        "eventName": event["name"],
        "awsRegion": event["region"],
        "sourceIPAddress": address,
        "userAgent": agent,
        "requestParameters": event["request"],
        "eventID": event_id,
        "readOnly": bool(event.get("read_only")),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": event["account"],
    }
    if event["via"] == "console":
        record["sessionCredentialFromConsole"] = "true"
    if event["via"] == "cloudformation":
        identity["invokedBy"] = "cloudformation.amazonaws.com"
    return {
        "EventId": event_id,
        "EventName": event["name"],
        "ReadOnly": "true" if event.get("read_only") else "false",
        "EventTime": _time(event),
        "EventSource": event["source"],
        "Username": event["user"],
        "Resources": [{"ResourceType": kind, "ResourceName": name} for kind, name in event["resources"]],
        "CloudTrailEvent": json.dumps(record),
    }


HANDLERS: Table = {("cloudtrail", "LookupEvents"): lookup_events}
