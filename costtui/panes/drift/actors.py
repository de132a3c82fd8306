"""Who changed what, from the trails' answers to the rows."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from costtui.domain.drift.attribution import Attribution, trail_region
from costtui.domain.drift.records import DriftFinding, DriftRow

NOT_LOOKED_UP = "not looked up"


class Actors:
    """What CloudTrail says, by resource."""

    def __init__(self, attributions: Sequence[Attribution]) -> None:
        self._by_resource: dict[tuple[str | None, str | None], list[Attribution]] = defaultdict(list)
        for entry in attributions:
            self._by_resource[entry.region, entry.resource].append(entry)

    def named(self, row: DriftRow, finding: DriftFinding) -> DriftRow:
        """The row with its actor, or with the reason why there is none."""
        entries = self._by_resource.get((trail_region(finding), finding.physical_id), ())
        entry = next((one for one in entries if finding.account in (None, one.account) and one.is_of(finding)), None)
        if entry is None:
            return msgspec.structs.replace(row, changed_note=NOT_LOOKED_UP)
        if entry.actor is None:
            return msgspec.structs.replace(row, changed_note=entry.note)
        actor = entry.actor
        return msgspec.structs.replace(
            row,
            changed_by=actor.who,
            changed_at=actor.when,
            changed_via=actor.via,
            changed_event=actor.event,
            changed_agent=actor.agent,
            changed_note="",
        )
