"""Who made a change, from a CloudTrail event.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html.
Reads, failed calls and our own infrastructure code are no answer. No event in 90 days is "no event in 90 days here", not "nobody".
"""

import re
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from costtui.domain.drift.records import DriftFinding, Via
from costtui.domain.drift.vocabulary import canonical_path, canonical_type

GLOBAL_TRAIL = "us-east-1"
_GLOBAL = ("aws_iam_", "AWS::IAM::", "aws_cloudfront_", "AWS::CloudFront::", "aws_route53_", "AWS::Route53::", "aws_organizations_")
_OUR_CODE = re.compile(r"Terraform/|OpenTofu/|Pulumi|APN/1\.0 HashiCorp", re.IGNORECASE)
_VAGUE = {
    "name",
    "type",
    "size",
    "set",
    "and",
    "for",
    "all",
    "config",
    "configuration",
    "function",
    "instance",
    "resource",
    "bucket",
    "propertie",
}
"""Words that stand in the names of many calls."""
_CLOUDFORMATION = "cloudformation.amazonaws.com"
_CONSOLE_AGENTS = ("console.amazonaws.com", "signin.amazonaws.com")


class Actor(msgspec.Struct, frozen=True):
    """Who changed something, when (UTC) and by which way."""

    who: str
    when: datetime
    via: Via
    event: str = ""
    event_id: str = ""
    agent: str = ""
    """The client, as it names itself."""


class Attribution(msgspec.Struct, frozen=True):
    """What the trail of an account and region says of one resource: who changed it last, or in `note` why that is not known."""

    account: str
    region: str
    resource: str
    looked_up: datetime
    actor: Actor | None = None
    note: str = ""
    kind: str = ""
    """The canonical type, where several resources share one name (a bucket and its policy); "" is any."""
    subject: str = ""
    """The row that it was asked for, where it was asked for one."""

    def is_of(self, finding: DriftFinding) -> bool:
        return self.resource == finding.physical_id and self.kind in ("", canonical_type(finding.type))


class Session(msgspec.Struct, frozen=True, rename="camel"):
    session_issuer: dict[str, Any] = {}


class Identity(msgspec.Struct, frozen=True, rename="camel"):
    type: str = ""
    user_name: str | None = None
    arn: str | None = None
    invoked_by: str | None = None
    session_context: Session | None = None


class Event(msgspec.Struct, frozen=True, rename="camel"):
    event_time: datetime
    event_name: str = ""
    event_id: str = msgspec.field(name="eventID", default="")
    user_agent: str | None = None
    source_ip_address: str | None = msgspec.field(name="sourceIPAddress", default=None)
    read_only: bool | str | None = None
    error_code: str | None = None
    user_identity: Identity = Identity()
    session_credential_from_console: bool | str | None = None


_DECODER = msgspec.json.Decoder(Event)


def trail_region(finding: DriftFinding) -> str | None:
    """Where changes of the resource are recorded: those of services without a region in us-east-1, Azure's ("") for all regions."""
    if finding.source == "azure-policy":
        return ""
    return GLOBAL_TRAIL if canonical_type(finding.type).startswith(_GLOBAL) else finding.region


def read_event(text: str | bytes) -> Actor | None:
    """The actor of one `CloudTrailEvent` text; None for reads, failures, infrastructure code and what cannot be read."""
    try:
        event = _DECODER.decode(text)
    except msgspec.DecodeError:
        return None
    if _is_true(event.read_only) or event.error_code or _is_our_code(event):
        return None
    when = event.event_time if event.event_time.tzinfo else event.event_time.replace(tzinfo=UTC)
    agent = event.user_agent or ""
    return Actor(_who(event.user_identity), when.astimezone(UTC), _via(event), event.event_name, event.event_id, agent)


def latest(events: Iterable[str | bytes], about: Collection[str] = ()) -> Actor | None:
    """The last one who changed something, by preference with a call whose name speaks of it: a lost tag is `DeleteBucketTagging`, whatever
    came after."""
    actors = sorted((actor for actor in map(read_event, events) if actor), key=lambda actor: actor.when, reverse=True)
    fitting = (actor for actor in actors if any(word in actor.event.lower() for word in about))
    return next(fitting, actors[0] if actors else None)


def words_of(finding: DriftFinding) -> set[str]:
    """What the name of the call that made the drift may contain."""
    if finding.status == "deleted":
        return {"delete", "terminate", "remove"}
    tops = {canonical_path(finding.type, one.path).split("/")[1] for one in finding.differences if one.class_ != "noise" and one.path}
    words = {word.removesuffix("s") for top in tops for word in top.split("_")}
    return {word for word in words if len(word) > 2} - _VAGUE


def _is_our_code(event: Event) -> bool:
    sources = (event.user_identity.invoked_by, event.source_ip_address, event.user_agent)
    return _CLOUDFORMATION in sources or bool(_OUR_CODE.search(event.user_agent or ""))


def _who(identity: Identity) -> str:
    if identity.user_name:
        return identity.user_name
    issuer = identity.session_context.session_issuer.get("userName") if identity.session_context else None
    session = (identity.arn or "").rpartition("/")[2]
    if isinstance(issuer, str) and issuer:
        return f"{issuer}/{session}" if session and session != issuer else issuer
    return session or identity.invoked_by or identity.type or "unknown"


def _via(event: Event) -> Via:
    agent = (event.user_agent or "").lower()
    if _is_true(event.session_credential_from_console) or any(name in agent for name in _CONSOLE_AGENTS) or "console" in agent:
        return "console"
    if "aws-cli/" in agent:
        return "cli"
    if (event.user_identity.invoked_by or "").endswith(".amazonaws.com"):
        return "service"
    return "sdk"


def _is_true(value: bool | str | None) -> bool:
    return value is True or value == "true"
