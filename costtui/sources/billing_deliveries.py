"""Which files of an export are its newest delivery. Exports that "create new" keep every earlier one, each with the whole period.

AWS Data Exports: `NAME/data/BILLING_PERIOD=2026-10/[EXECUTION/]NAME-00001.parquet`, and under `NAME/metadata/` the manifest of each
delivery with its `dataFiles`. Legacy CUR: `NAME/20261001-20261101/[ASSEMBLY/]NAME-1.csv.gz`, a manifest beside them with `reportKeys`.
(AWS Data Exports user guide, "Understanding export delivery", "Understanding your report versions".)
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from costtui.domain.period import Window, next_month
from costtui.sources.billing_formats import NoFormat

ENDINGS = (".csv", ".csv.gz", ".parquet")
MANIFEST = "manifest.json"
_PERIOD = re.compile(r"^(BILLING_PERIOD=.+|billing_period=.+|\d{8}-\d{8})$")


_MONTH = re.compile(r"/(?:billing_period=(\d{4})-(0[1-9]|1[0-2])|(\d{4})(0[1-9]|1[0-2])01-\d{8})/", re.IGNORECASE)


class Entry(NamedTuple):
    """A file by its path, here or in a bucket, with forward slashes; `modified` only orders deliveries."""

    name: str
    modified: float


class _Delivery(NamedTuple):
    """A manifest: the export's folder, its period, and its files from the period on."""

    root: str
    period: str
    rank: tuple[float, int, str]
    files: frozenset[str]


def is_manifest(name: str) -> bool:
    return name.casefold().endswith(MANIFEST)


def is_data(name: str) -> bool:
    return name.casefold().endswith(ENDINGS)


def covered(name: str) -> Window | None:
    """The billing period that a file's path names; None where it names none."""
    found = _MONTH.search(name)
    if found is None:
        return None
    year, month = (found[1], found[2]) if found[1] else (found[3], found[4])
    first = date(int(year), int(month), 1)
    return Window(first, next_month(first))


def newest(entries: Sequence[Entry], content: Callable[[str], bytes]) -> list[str]:
    """The data files of `entries` without those of older deliveries; `content` reads a manifest.

    Raises NoFormat where the newest manifest names a file that is not there, or cannot be read."""
    data = [entry for entry in entries if is_data(entry.name)]
    wanted: dict[tuple[str, str], _Delivery] = {}
    for delivery in _deliveries([entry for entry in entries if is_manifest(entry.name)], content):
        key = (delivery.root, delivery.period)
        wanted[key] = max(wanted.get(key, delivery), delivery, key=lambda one: one.rank)
    found: list[Entry] = []
    for entry in data:
        place = _place(entry.name)
        chosen = next((one for (root, period), one in wanted.items() if place and place[1] == period and _under(place[0], root)), None)
        if chosen is None or (place and place[2] in chosen.files):
            found.append(entry)
    _require_all(wanted.values(), found)
    return _newest_folders(found)


def _deliveries(manifests: Sequence[Entry], content: Callable[[str], bytes]) -> Iterator[_Delivery]:
    for entry in manifests:
        place = _place(entry.name)
        if place is None:
            continue
        root, period, rest = place
        try:
            told: dict[str, Any] = json.loads(content(entry.name))
            named = told.get("dataFiles") or told.get("reportKeys") or []
            files = frozenset(found[2] for name in named if (found := _place(str(name))))
        except (ValueError, AttributeError, TypeError):
            raise NoFormat(f"the manifest {entry.name} cannot be read", "fetch it again, or name the files themselves") from None
        if files:
            yield _Delivery(root.removesuffix("/metadata"), period, (entry.modified, -rest.count("/"), rest), files)


def _require_all(deliveries: Sequence[_Delivery] | Any, found: Sequence[Entry]) -> None:
    there = {place[1:] for entry in found if (place := _place(entry.name))}
    for delivery in deliveries:
        for file in sorted(delivery.files):
            if is_data(file) and (delivery.period, file) not in there:
                what = f"its newest manifest of {delivery.period} names {file}, which is not there"
                raise NoFormat(what, "wait for the delivery to end, or copy it whole")


def _newest_folders(entries: Sequence[Entry]) -> list[str]:
    """Where no manifest tells: of the delivery folders of one period, the one with the newest file."""
    latest: dict[tuple[str, str], tuple[float, str]] = {}
    for entry in entries:
        if (folder := _folder(entry.name)) is not None:
            root, period, delivery = folder
            latest[root, period] = max(latest.get((root, period), (0.0, "")), (entry.modified, delivery))
    return [entry.name for entry in entries if (folder := _folder(entry.name)) is None or latest[folder[:2]][1] == folder[2]]


def _folder(name: str) -> tuple[str, str, str] | None:
    place = _place(name)
    if place is None or "/" not in place[2]:
        return None
    return place[0], place[1], place[2].rpartition("/")[0]


def _place(name: str) -> tuple[str, str, str] | None:
    """The folder before the period's, the period, and the rest of the path; None for a path without a period."""
    parts = name.split("/")
    at = next((number for number, part in enumerate(parts[:-1]) if _PERIOD.match(part)), None)
    return None if at is None else ("/".join(parts[:at]), parts[at], "/".join(parts[at + 1 :]))


def _under(folder: str, root: str) -> bool:
    """Whether data in `folder` belongs to the export in `root`: beside its metadata, or in the same place."""
    return folder in (root, f"{root}/data")
