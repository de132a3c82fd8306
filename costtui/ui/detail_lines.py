"""A Detail as lines of text for a width: facts in two columns, sections as aligned tables."""

from collections.abc import Callable
from dataclasses import dataclass

from costtui.domain.text import literal
from costtui.panes.plots import drawn
from costtui.panes.spec import Detail, Line, Section
from costtui.ui.text import Span, cells, fit, wrapped

TWO_COLUMNS_FROM = 100
"""Narrower than this, facts stand below each other."""
GAP = "  "
INDENT = "  "
BEHIND = " ›"
MOST_BELOW = 4
"""Lines that words which do not fit may take."""


@dataclass(frozen=True)
class Entry:
    """One line on the screen. The cursor does not stop on blank ones."""

    spans: tuple[Span, ...] = ()
    line: Line | None = None
    """What it shows of a section."""
    number: int = -1
    """Which of all lines of the detail's sections that is."""
    stops: bool = True

    @property
    def words(self) -> str:
        return "".join(text for text, _ in self.spans)

    @property
    def behind(self) -> Callable[[], Detail] | None:
        """What Enter opens."""
        return self.line.behind if self.line is not None else None


BLANK = Entry(stops=False)


def laid_out(detail: Detail, width: int) -> list[Entry]:
    entries = _facts(detail.facts, width)
    number = 0
    for section in detail.sections:
        if entries:
            entries.append(BLANK)
        entries += _section(section, width, number)
        number += len(section.lines)
    return entries


def _facts(facts: tuple[tuple[str, str], ...], width: int) -> list[Entry]:
    """Label and value, aligned; two facts on a line where both fit, read from left to right."""
    if not facts:
        return []
    label = min(max(cells(literal(name)) for name, _ in facts), max(1, width // 3))
    half = width // 2
    room = half - label - len(GAP) - 1
    entries: list[Entry] = []
    waiting: list[tuple[str, str]] = []
    for name, value in ((literal(name), literal(value)) for name, value in facts):
        if width >= TWO_COLUMNS_FROM and cells(value) < room:
            waiting.append((name, value))
            if len(waiting) == 2:
                entries.append(Entry(_beside(waiting, label, half)))
                waiting = []
            continue
        if waiting:
            entries.append(Entry(_beside(waiting, label, half)))
            waiting = []
        lines = wrapped(value, max(8, width - label - len(GAP))) or [""]
        entries += [Entry(((fit(name if at == 0 else "", label) + GAP, "dim"), (line, ""))) for at, line in enumerate(lines)]
    return entries + ([Entry(_beside(waiting, label, half))] if waiting else [])


def _beside(pairs: list[tuple[str, str]], label: int, half: int) -> tuple[Span, ...]:
    spans: list[Span] = []
    for name, value in pairs:
        spans += [(fit(name, label) + GAP, "dim"), (fit(value, half - label - len(GAP)), "")]
    return tuple(spans)


def _section(section: Section, width: int, first: int) -> list[Entry]:
    """Its lines are numbered from `first` on."""
    entries = [Entry(((literal(section.title), "title"),), stops=not section.lines)] if section.title else []
    widths = _widths(section, width - len(INDENT) - len(BEHIND))
    if section.head:
        entries.append(Entry(((INDENT + _cells(section.head, widths, section.right), "head"),), stops=False))
    for number, line in enumerate(section.lines, first):
        entries += _line(line, number, section, widths, width)
    entries += [Entry(((INDENT + text, ""),)) for text in drawn(section.plots, width - len(INDENT))]
    entries += [Entry(((INDENT + text, "dim"),)) for text in wrapped(section.note, max(8, width - len(INDENT)))]
    return entries


def _line(line: Line, number: int, section: Section, widths: list[int], width: int) -> list[Entry]:
    """One line; words at its end for which a narrow screen has no room stand below it, instead of being cut."""
    row, last = line.cells, len(line.cells) - 1
    given = [*section.widths, *[0] * (len(widths) - len(section.widths))]
    words = literal(row[last]) if row else ""
    behind = (BEHIND if line.behind else "", "key")
    if last != len(widths) - 1 or given.count(0) != 1 or given[last] or cells(words) <= widths[last]:
        return [Entry(((INDENT + _cells(row, widths, section.right), line.tone), behind), line, number)]
    indent = INDENT * 2 if last else INDENT
    below = wrapped(words, max(8, width - len(indent) - len(BEHIND)))
    if len(below) > MOST_BELOW:
        below = [*below[: MOST_BELOW - 1], f"{below[MOST_BELOW - 1][:-1]}…"]
    texts = [indent + text for text in below]
    if last:
        texts.insert(0, INDENT + _cells(row[:last], widths[:last], section.right))
    return [Entry(((text, line.tone), behind if at == 0 else ("", "")), line, number) for at, text in enumerate(texts)]


def _widths(section: Section, width: int) -> list[int]:
    """What each column needs for its longest text, where all of that fits. Otherwise no column gets more than it was given, and those
    given 0 share what is left."""
    rows = [section.head, *(line.cells for line in section.lines)]
    columns = max(len(row) for row in rows)
    longest = [max(cells(literal(row[at])) for row in rows if at < len(row)) for at in range(columns)]
    gaps = len(GAP) * (columns - 1)
    if sum(longest) + gaps <= width:
        return longest
    given = [*section.widths, *[0] * (columns - len(section.widths))]
    widths = [min(most, own) for most, own in zip(longest, given, strict=False)]
    left = width - sum(widths) - gaps
    flexible = [at for at in range(columns) if not given[at]]
    for place, at in enumerate(flexible):
        widths[at] = max(4, min(longest[at], left // (len(flexible) - place)))
        left -= widths[at]
    return widths


def _cells(row: tuple[str, ...], widths: list[int], right: frozenset[int]) -> str:
    return GAP.join(
        fit(literal(cell), width, "right" if at in right else "left") for at, (cell, width) in enumerate(zip(row, widths, strict=False))
    )
