"""Where a resource stands and whose it is, read from its own attributes."""

import re
from typing import Any

import msgspec

_ARN = re.compile(r"arn:aws[\w-]*:[\w-]*:([\w-]*):(\d{12})?:")
_ZONE = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_SUBSCRIPTION = re.compile(r"/subscriptions/([0-9a-fA-F-]{36})")


class Placement(msgspec.Struct, frozen=True):
    physical_id: str | None
    account: str | None
    region: str | None


def placement(type_: str, values: dict[str, Any], default_region: str | None) -> Placement:
    """From `id`, `arn`, `region`, the availability zone, Azure's `location`; the provider's region only for AWS."""
    arn = _ARN.match(_text(values, "arn") or "")
    subscription = _SUBSCRIPTION.match(_text(values, "id") or "")
    zone = _ZONE.match(_text(values, "availability_zone") or "")
    region = (arn[1] if arn else None) or _text(values, "region") or _text(values, "location") or (zone[0] if zone else None)
    account = (arn[2] if arn else None) or _text(values, "owner_id") or (subscription[1] if subscription else None)
    return Placement(
        physical_id=_text(values, "id") or _text(values, "arn"),
        account=account,
        region=region or (default_region if type_.startswith("aws_") else None),
    )


def _text(values: dict[str, Any], name: str) -> str | None:
    value = values.get(name)
    return value if isinstance(value, str) and value else None
