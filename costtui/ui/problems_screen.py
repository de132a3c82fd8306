"""What failed, was denied, was throttled or is stale, where, and what to do about it."""

from collections.abc import Sequence

from costtui.domain.loaded import SourceState
from costtui.domain.problems import Problem
from costtui.domain.text import literal
from costtui.panes.words import age, stamp
from costtui.ui.lines import Span
from costtui.ui.model import Model, Spec
from costtui.ui.sheet_screen import Sheet, SheetScreen
from costtui.ui.text import cells, fit, wrapped

TONES = {"fresh": "good", "stale": "warn", "partial": "warn", "failed": "bad", "not-configured": "dim"}


class ProblemsScreen(SheetScreen):
    """Problems of every pane first, then the sources of the pane that is open."""

    HEADING = "Problems and sources"

    def sheet(self, width: int) -> Sheet:
        model, lines = self.model, Sheet()
        if model.activity.lost:
            lines += _paragraph("bad", "fetcher stopped", model.activity.lost, f"press {self.key_of('refresh')} to start it again", width)
        for problem, places in _merged(model.problems):
            lines += _problem(problem, places, width)
        if not lines:
            lines = [[("Nothing failed.", "good")], []]
        return lines + _sources(model, width)


def _merged(problems: Sequence[tuple[Spec, Problem]]) -> list[tuple[Problem, list[str]]]:
    """What several sources say in the same words stands once, with all their names."""
    found: dict[tuple[str, str, str], tuple[Problem, list[str]]] = {}
    for spec, problem in problems:
        place = f"{problem.source}{', ' + problem.where if problem.where else ''}  in {spec.title}"
        found.setdefault((problem.kind, problem.what, problem.action), (problem, []))[1].append(place)
    return list(found.values())


def _problem(problem: Problem, places: list[str], width: int) -> Sheet:
    tone = "warn" if problem.kind == "warning" else "bad"
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return _paragraph(tone, f"{problem.kind}  {places[0]}{more}", problem.what, problem.action, width)


def _paragraph(tone: str, head: str, what: str, action: str, width: int) -> Sheet:
    """The kind and place, then what happened, then what to do."""
    lines = Sheet()
    kind, _, place = literal(head).partition("  ")
    lines.append([(kind, tone), (f"  {place}" if place else "", "title")])
    lines += [[("  " + line, "")] for line in wrapped(what, width - 2)]
    for at, line in enumerate(wrapped(action, width - 6)):
        lines.append([("  → " if at == 0 else "    ", "key"), (line, "key")])
    return [*lines, []]


def _sources(model: Model, width: int) -> Sheet:
    sources = model.sources
    lines: Sheet = [[("Sources" if model.at_overview else f"Sources of {model.spec.title}", "title")]]
    if not sources:
        return [*lines, [("  none has answered yet", "dim")]]
    name_width = max(cells(literal(source.name)) for source in sources)
    for source in sources:
        lines += _source(source, name_width, model, width)
    return lines


def _source(source: SourceState, name_width: int, model: Model, width: int) -> Sheet:
    when = f"{age(source.as_of, model.backend.now())} old, {stamp(source.as_of)}" if source.as_of is not None else ""
    first: list[Span] = [
        ("  " + fit(literal(source.name), name_width), ""),
        ("  " + fit(source.state, len("not-configured")), TONES[source.state]),
        (f"  {when}", "dim"),
    ]
    return [first, *([("    " + line, "dim")] for line in wrapped(source.detail, width - 4))]
