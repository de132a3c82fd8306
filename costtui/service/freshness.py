"""How old stored data looks from where we stand."""

import msgspec

from costtui.domain.loaded import PaneData, Row, SourceState, Totals


def aged(data: PaneData[Row, Totals], *, offline: bool) -> PaneData[Row, Totals]:
    """`data` as it was stored; offline, nothing but a file is fresh, since nobody can ask whether it still holds."""
    if not offline:
        return data

    def seen(source: SourceState) -> SourceState:
        return msgspec.structs.replace(source, state="stale") if source.state == "fresh" and not source.local else source

    sources = [seen(source) for source in data.sources]
    return msgspec.structs.replace(data, sources=sources)
