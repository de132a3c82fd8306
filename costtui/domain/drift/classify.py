"""Parts a finding's differences into noise, ignored and real ones."""

from collections.abc import Sequence

import msgspec

from costtui.domain.drift import pointer
from costtui.domain.drift.ignore import IgnoreList
from costtui.domain.drift.noise import sets
from costtui.domain.drift.noise.computed import is_own_tag
from costtui.domain.drift.noise.rules import explain, unordered
from costtui.domain.drift.noise.values import dump, parse, plain_scalars
from costtui.domain.drift.records import IGNORED, Difference, DriftFinding
from costtui.domain.drift.related.delegated import is_minor_upgrade
from costtui.domain.drift.vocabulary import canonical_path


class Classified(msgspec.Struct, frozen=True):
    differences: list[Difference]
    real: bool
    ignored: bool
    """True when the finding would be real but for the ignore list."""
    reason: str


def classify(finding: DriftFinding, ignores: IgnoreList) -> Classified:
    """Explained and ignored differences get class "noise" and their rule; the others stay as they are."""
    if finding.status in ("in-sync", "unknown"):
        return Classified(finding.differences, False, False, finding.reason)
    if finding.status == "moved":
        return Classified(finding.differences, False, False, finding.reason)
    differences = _with_noise(finding)
    explained = bool(differences) and all(difference.class_ == "noise" for difference in differences)
    if explained and finding.status == "drifted":
        return Classified(differences, False, False, finding.reason)
    whole = ignores.find(finding, None)
    if whole is not None:
        return Classified(differences, False, True, whole.sentence)
    reasons: list[str] = []
    kept = [_ignored(finding, difference, ignores, reasons) for difference in differences]
    if reasons and finding.status == "drifted" and all(difference.class_ == "noise" for difference in kept):
        return Classified(kept, False, True, "; ".join(dict.fromkeys(reasons)))
    return Classified(kept, True, False, finding.reason)


def _ignored(finding: DriftFinding, difference: Difference, ignores: IgnoreList, reasons: list[str]) -> Difference:
    if difference.class_ == "noise":
        return difference
    ignore = ignores.find(finding, difference.path)
    if ignore is None:
        return difference
    reasons.append(ignore.sentence)
    return _as_noise(difference, IGNORED)


def _as_noise(difference: Difference, rule: str) -> Difference:
    return msgspec.structs.replace(difference, class_="noise", rule=rule)


def _with_noise(finding: DriftFinding) -> list[Difference]:
    differences = [_one(finding, difference) for difference in finding.differences]
    differences = _reordered(finding.type, differences)
    return _mirrored_tags(differences)


def _one(finding: DriftFinding, difference: Difference) -> Difference:
    if difference.class_ == "noise":
        return difference
    if difference.redacted:
        return _as_noise(difference, "N7") if is_own_tag(difference.path) else difference
    rule = _own_list_tag(difference) or _minor_upgrade(finding, difference)
    rule = rule or explain(finding.type, difference.path, parse(difference.expected), parse(difference.actual), op=difference.op)
    return _as_noise(difference, rule) if rule else difference


def _own_list_tag(difference: Difference) -> str:
    """N7 for tags in a list of Key and Value: the whole element came or went."""
    if not pointer.parent(difference.path).lower().endswith("/tags") or difference.op == "change":
        return ""
    entry = parse(difference.actual if difference.op == "add" else difference.expected)
    key = entry.get("Key", entry.get("key")) if isinstance(entry, dict) else None
    return "N7" if isinstance(key, str) and key.startswith("aws:") else ""


def _minor_upgrade(finding: DriftFinding, difference: Difference) -> str:
    """N9 where the source had no other resources to ask; the flag is among the unchanged properties."""
    if canonical_path(finding.type, difference.path) != "/engine_version":
        return ""
    flags = [text for path, text in finding.context.items() if canonical_path(finding.type, path) == "/auto_minor_version_upgrade"]
    raised = is_minor_upgrade(parse(difference.expected), parse(difference.actual))
    return "N9" if raised and flags and flags[0] in ("true", '"true"') else ""


def _reordered(type_: str, differences: Sequence[Difference]) -> list[Difference]:
    """Replacements inside one set that cancel out: sources that compare lists by position report a new order as several changes."""
    result = list(differences)
    groups: dict[str, list[int]] = {}
    for index, difference in enumerate(result):
        if difference.class_ != "noise" and not difference.redacted and difference.op == "change":
            groups.setdefault(pointer.parent(difference.path), []).append(index)
    for parent, indexes in groups.items():
        rule = unordered(type_, parent) if len(indexes) > 1 else ""
        if not rule:
            continue
        pairs = [(_content(result[index].expected), _content(result[index].actual)) for index in indexes]
        for position in sets.cancelling(pairs):
            result[indexes[position]] = _as_noise(result[indexes[position]], rule)
    return result


def _content(text: str | None) -> str:
    return dump(plain_scalars(parse(text)))


def _mirrored_tags(differences: Sequence[Difference]) -> list[Difference]:
    """N6: `tags_all` repeats `tags`, together with the provider's default tags; a tag is counted once, under `tags`."""
    own = {difference.path: difference for difference in differences if pointer.within(difference.path, "/tags")}
    quiet = all(difference.class_ == "noise" for difference in own.values())
    result = []
    for difference in differences:
        if pointer.within(difference.path, "/tags_all") and difference.class_ != "noise":
            twin = own.get("/tags" + difference.path.removeprefix("/tags_all"))
            mirrored = twin is not None and (twin.expected, twin.actual) == (difference.expected, difference.actual)
            result.append(_as_noise(difference, "N6") if quiet or mirrored else difference)
        else:
            result.append(difference)
    return result
