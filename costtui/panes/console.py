"""The page of a row in its cloud's own console: an address to open, never called by costtui."""

from urllib.parse import quote

from costtui.domain.drift.records import DriftRow
from costtui.domain.functions.records import FunctionRow

HOSTS = {"cn-": "amazonaws.cn", "us-gov-": "amazonaws-us-gov.com"}
"""Consoles of the AWS partitions, by the beginning of their regions (AWS General Reference, "AWS service endpoints")."""


def console_link(row: object) -> str | None:
    """None where no page shows just this row."""
    if isinstance(row, FunctionRow):
        return f"{_aws(row.region)}/lambda/home?region={row.region}#/functions/{_safe(row.name)}"
    return _of_drift(row) if isinstance(row, DriftRow) else None


def _of_drift(row: DriftRow) -> str | None:
    """Azure's portal opens any resource by its id; AWS shows a stack's drift, and a resource's timeline in AWS Config."""
    if row.source == "azure-policy":
        return f"https://portal.azure.com/#@/resource{quote(row.physical_id, safe='/')}" if row.physical_id else None
    if row.region is None:
        return None
    aws = _aws(row.region)
    if row.source == "cloudformation":
        return f"{aws}/cloudformation/home?region={row.region}#/stacks?filteringText={_safe(row.scope)}"
    if row.source == "aws-config" and row.physical_id:
        query = f"resourceId={_safe(row.physical_id)}&resourceType={_safe(row.type)}"
        return f"{aws}/config/home?region={row.region}#/resources/timeline?{query}"
    return None


def _aws(region: str) -> str:
    host = next((host for begin, host in HOSTS.items() if region.startswith(begin)), "aws.amazon.com")
    return f"https://{quote(region)}.console.{host}"


def _safe(text: str) -> str:
    return quote(text, safe="")
