"""What can be asked about a row of the drift pane."""

from costtui.domain.drift.records import DriftRow
from costtui.domain.drift.vocabulary import aws_type
from costtui.panes.drift.actors import NOT_LOOKED_UP

STACK = "AWS::CloudFormation::Stack"


def stack(row: DriftRow) -> str | None:
    """The row's stack, as `domain.drift.detection.Subject` reads it."""
    if row.source != "cloudformation" or not row.account or not row.region:
        return None
    return f"{row.account}/{row.region}/{row.scope}"


def resource(row: DriftRow) -> str | None:
    """The one resource; None for a row that stands for a whole stack."""
    whole = stack(row)
    return f"{whole}/{row.address}" if whole and row.address != row.scope else None


def recorded(row: DriftRow) -> str | None:
    """The resource, as `domain.drift.config_history.Subject` reads it; None where AWS Config cannot know it."""
    type_ = aws_type(row.type)
    if row.source == "azure-policy" or type_ in (None, STACK) or not (row.account and row.region and row.physical_id):
        return None
    return f"{row.account}/{row.region}/{type_}/{row.physical_id}"


def actor(row: DriftRow) -> str | None:
    """A row that is drift, and whose trail nobody has looked into."""
    in_a_trail = row.source in ("cloudformation", "terraform") and row.tier != "noise" and row.physical_id
    return row.id if in_a_trail and row.changed_note == NOT_LOOKED_UP and row.status not in ("unknown", "in-sync") else None
