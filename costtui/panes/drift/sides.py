"""Declared beside actual: JSON and policies laid out, lines aligned, and only what differs."""

from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from functools import partial
from typing import Any

import msgspec

from costtui.domain.drift.noise.values import dump, is_empty, parse, structure
from costtui.domain.drift.records import Difference
from costtui.panes.drift.changes import NOTHING, meaning, side, told_shortly
from costtui.panes.spec import Detail, Line, Section

CONTEXT = 1
"""Equal lines that are kept around a change, so that it has a place."""
MOST_ALIGNED = 2_000
"""Lines: aligning takes the square of them."""
MOST_LAID_OUT = 12
"""Structures that a detail lays out; the others are a key away."""
MOST_INLINE = 40
"""Characters of JSON that a cell shows as they are."""
GAP = "⋮"


def differences(title: str, found: list[Difference], why: Callable[[Difference], Detail]) -> list[Section]:
    """One line a property, then those laid out whose value is a structure on a side; `why` explains one."""
    lines = tuple(Line(_cells(one), behind=partial(whole, one), why=partial(why, one)) for one in found)
    laid_out = [_laid_out(one) for one in found if _is_structure(one)]
    return [Section(title, lines, head=("Property", "Declared", "Actual", "Rule"), widths=(0, 0, 0, 0)), *laid_out[:MOST_LAID_OUT]]


def whole(one: Difference) -> Detail:
    """Both sides in full."""
    facts = (("Change", one.op), ("Class", one.class_), ("Rule", f"{one.rule or NOTHING}  {meaning(one.rule)}".strip()))
    return Detail(one.path or "the whole resource", facts, (_section("", _lines(one, only_changes=False)),))


def sides(one: Difference) -> tuple[str, str, str]:
    """The property, and both sides in a few words."""
    return one.path or "the whole resource", _brief(one, one.expected), _brief(one, one.actual)


def _cells(one: Difference) -> tuple[str, ...]:
    return (*sides(one), _rule(one))


def _rule(one: Difference) -> str:
    return one.class_ if one.rule == one.class_ else f"{one.class_} {one.rule}".strip()


def _brief(one: Difference, text: str | None) -> str:
    value = _value(text)
    if not isinstance(value, dict | list) or len(text or "") <= MOST_INLINE:
        return side(one, text)
    return told_shortly(value) or ("{…}" if isinstance(value, dict) else f"[{len(value)}]")


def _is_structure(one: Difference) -> bool:
    return not one.redacted and any(isinstance(_value(text), dict | list) for text in (one.expected, one.actual))


def _laid_out(one: Difference) -> Section:
    return _section(one.path, _lines(one, only_changes=True))


def _section(title: str, lines: Iterator[Line]) -> Section:
    return Section(title, tuple(lines), head=("", "Declared", "Actual"), widths=(1, 0, 0))


def _lines(one: Difference, *, only_changes: bool) -> Iterator[Line]:
    """`≠` marks what differs. Empty entries are left out where only one side is there: they say nothing."""
    if one.redacted or not _is_structure(one):
        yield Line(("≠", side(one, one.expected), side(one, one.actual)))
        return
    before, after = (
        [] if text is None else _written(text, brief=only_changes and one.op != "change") for text in (one.expected, one.actual)
    )
    if not before or not after or len(before) + len(after) > MOST_ALIGNED:
        size = max(len(before), len(after))
        rows = zip(_padded(before or [NOTHING], size), _padded(after or [NOTHING], size), strict=True)
        yield from (Line(("≠", *pair)) for pair in rows)
        return
    matcher = SequenceMatcher(None, [_bare(line) for line in before], [_bare(line) for line in after], autojunk=False)
    for number, group in enumerate(matcher.get_grouped_opcodes(CONTEXT if only_changes else len(before) + len(after))):
        if number:
            yield Line(("", GAP, GAP), "dim")
        for tag, was, until, now, end in group:
            yield from _block(tag, before[was:until], after[now:end])


def _block(tag: str, before: list[str], after: list[str]) -> Iterator[Line]:
    size = max(len(before), len(after))
    for pair in zip(_padded(before, size), _padded(after, size), strict=True):
        yield Line(("", *pair), "dim") if tag == "equal" else Line(("≠", *pair))


def _padded(lines: list[str], size: int) -> list[str]:
    return lines + [""] * (size - len(lines))


def _bare(line: str) -> str:
    return line.rstrip(",")


def _written(text: str, *, brief: bool) -> list[str]:
    value = _value(text)
    if brief and isinstance(value, dict):
        value = {key: entry for key, entry in value.items() if not is_empty(entry)}
    return msgspec.json.format(dump(value), indent=2).splitlines()


def _value(text: str | None) -> Any:
    """What the text stands for; JSON inside a JSON text is opened, as policies often come."""
    return structure(parse(text))
