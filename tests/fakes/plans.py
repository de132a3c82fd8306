"""A configuration that asks no account, and the files it names: a Terraform plan and a customer list."""

import json
from pathlib import Path

CONFIG = """
[aws]
profiles = []
[drift]
terraform = ["plan.json"]
"""


def plan(*changes: tuple[str, dict[str, object], dict[str, object] | None]) -> str:
    """`terraform show -json` of a refresh-only plan: address, declared and actual values (None where it is gone)."""
    drift = [
        {
            "address": address,
            "mode": "managed",
            "type": address.partition(".")[0],
            "name": address.partition(".")[2],
            "change": {"actions": ["update" if after else "delete"], "before": before, "after": after, "after_sensitive": {}},
        }
        for address, before, after in changes
    ]
    resources = [
        {"address": address, "mode": "managed", "type": address.partition(".")[0], "name": address.partition(".")[2], "values": after}
        for address, _, after in changes
        if after
    ]
    document = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "timestamp": "2026-11-20T10:00:00Z",
        "resource_drift": drift,
        "prior_state": {"values": {"root_module": {"resources": resources}}},
    }
    return json.dumps(document)


TWO_DRIFTS = plan(
    ("aws_instance.web", {"instance_type": "m5.large"}, {"instance_type": "m5.4xlarge"}),
    ("aws_cloudwatch_metric_alarm.errors", {"threshold": 5}, None),
)


def project(folder: Path, *, config: str = CONFIG, plan: str = TWO_DRIFTS) -> Path:
    """Write both into `folder`; returns the configuration's path."""
    (folder / "plan.json").write_text(plan, encoding="utf-8")
    path = folder / "config.toml"
    path.write_text(config, encoding="utf-8")
    return path
