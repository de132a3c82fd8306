"""Files that a user of the demo company would have on disk: a refresh-only Terraform plan as JSON."""

import json
from datetime import timedelta
from typing import Any

from costtui.sources.demo.seed import hexadecimal, unit
from costtui.sources.demo.world import World

PROVIDER = "registry.terraform.io/hashicorp/aws"
_COMPUTED = {
    "id",
    "arn",
    "tags_all",
    "owner_id",
    "etag",
    "last_modified",
    "last_modified_time",
    "status",
    "source_code_size",
    "latest_restorable_time",
}
_SENSITIVE = {"password"}


def terraform_plan(world: World) -> bytes:
    """`terraform show -json` of a refresh-only plan (format 1.2): what drifted since the last apply, and the refreshed state."""
    story = world.drift
    drifted = [*story.terraform, *(_generated(number) for number in range(story.generated))]
    there = [entry for entry in (*drifted, *story.in_sync) if not entry.get("deleted")]
    everything = sorted((*drifted, *story.in_sync), key=lambda entry: str(entry["address"]))
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {}},
        "resource_drift": [_drift(entry) for entry in sorted(drifted, key=lambda entry: str(entry["address"]))],
        "prior_state": {
            "format_version": "1.0",
            "terraform_version": "1.11.4",
            "values": {
                "root_module": {"resources": [_resource(entry) for entry in sorted(there, key=lambda entry: str(entry["address"]))]}
            },
        },
        "configuration": {
            "provider_config": {
                "aws": {
                    "name": "aws",
                    "full_name": PROVIDER,
                    "version_constraint": "~> 6.0",
                    "expressions": {"region": {"constant_value": "us-east-1"}},
                }
            },
            "root_module": {"resources": [_configuration(entry) for entry in everything]},
        },
        "timestamp": (world.now - timedelta(hours=13, minutes=50)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "applyable": True,
        "complete": True,
        "errored": False,
    }
    return json.dumps(plan, separators=(",", ":")).encode()


def _identity(entry: dict[str, Any]) -> dict[str, Any]:
    type_, _, name = entry["address"].partition(".")
    return {"address": entry["address"], "mode": "managed", "type": type_, "name": name}


def _mask(values: dict[str, Any]) -> dict[str, bool]:
    return {name: True for name in values if name in _SENSITIVE}


def _drift(entry: dict[str, Any]) -> dict[str, Any]:
    after = None if entry.get("deleted") else entry["values"]
    before = {**entry["values"], **entry.get("before", {})}
    return {
        **_identity(entry),
        "provider_name": PROVIDER,
        "change": {
            "actions": ["delete"] if after is None else ["update"],
            "before": before,
            "after": after,
            "after_unknown": {},
            "before_sensitive": _mask(before),
            "after_sensitive": False if after is None else _mask(after),
        },
    }


def _resource(entry: dict[str, Any]) -> dict[str, Any]:
    values = entry["values"]
    return {**_identity(entry), "provider_name": PROVIDER, "schema_version": 1, "values": values, "sensitive_values": _mask(values)}


def _configuration(entry: dict[str, Any]) -> dict[str, Any]:
    """What the code declares: everything that the provider does not compute, with the values before the drift."""
    declared = {**entry["values"], **entry.get("before", {})}
    expressions = {
        name: {"references": ["var.db_password"]} if name in _SENSITIVE else {"constant_value": value}
        for name, value in declared.items()
        if name not in _COMPUTED and value not in (None, [], {})
    }
    return {**_identity(entry), "provider_config_key": "aws", "expressions": expressions, "schema_version": 1}


def _generated(number: int) -> dict[str, Any]:
    """A worker of a larger company: resized, its volume grown, or (mostly) only its tags written as {} instead of null."""
    name = f"pool_{number:06d}"
    draw = unit("terraform", number)
    identifier = hexadecimal(17, "terraform", number)
    team = {"env": "prod", "team": ("media", "search", "data", "platform")[number % 4]}
    if draw < 0.2:
        return _generated_instance(name, identifier, team)
    if draw < 0.35:
        volume = {
            "id": f"vol-{identifier}",
            "arn": f"arn:aws:ec2:us-east-1:111122223333:volume/vol-{identifier}",
            "tags": team,
            "tags_all": team,
        }
        values = {
            **volume,
            "availability_zone": "us-east-1a",
            "size": 500,
            "type": "gp3",
            "iops": 3000,
            "throughput": 125,
            "encrypted": True,
        }
        return {"address": f"aws_ebs_volume.{name}", "values": values, "before": {"size": 100}}
    arn = f"arn:aws:sns:us-east-1:111122223333:{name}"
    values = {"id": arn, "arn": arn, "name": name, "fifo_topic": False, "tags": {}, "tags_all": {}}
    return {"address": f"aws_sns_topic.{name}", "values": values, "before": {"tags": None}}


def _generated_instance(name: str, identifier: str, team: dict[str, str]) -> dict[str, Any]:
    values = {
        "id": f"i-{identifier}",
        "arn": f"arn:aws:ec2:us-east-1:111122223333:instance/i-{identifier}",
        "ami": "ami-0aa11bb22cc33dd44",
        "instance_type": "m5.xlarge",
        "availability_zone": "us-east-1a",
        "tenancy": "default",
        "tags": team,
        "tags_all": team,
    }
    return {"address": f"aws_instance.{name}", "values": values, "before": {"instance_type": "m5.large"}}
