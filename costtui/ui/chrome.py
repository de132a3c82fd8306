"""The words of the lines around the table: title, panes, footer, state. Each fits its width, the least important words go first."""

from collections.abc import Iterable, Sequence

from costtui.domain.text import literal
from costtui.panes.overview import Situation
from costtui.panes.words import of_sources
from costtui.ui.keys import shown_key
from costtui.ui.lines import Span
from costtui.ui.model import OVERVIEW, Model, Spec
from costtui.ui.said import paid_words, period_words, situation_of
from costtui.ui.text import cells, count, cut

HERE = "▸"
"""Marks the pane that is open, beside its colour."""
APART = " · "
"""Stands between the parts of a line."""


def situation(model: Model) -> Situation:
    """What the overview says beside the panes."""
    return situation_of(model.backend, period_words(model.period, model.window, model.backend.now()), model.activity.paid)


def _first_that_fits(width: int, choices: Iterable[list[str]]) -> list[str]:
    """The first choice whose parts fit with room between and around them; the last one otherwise."""
    parts: list[str] = []
    for choice in choices:
        parts = [part for part in choice if part]
        if sum(map(cells, parts)) + 5 <= width:
            break
    return parts


def title_line(model: Model, width: int) -> list[Span]:
    """Where, which period, which cost basis, what asking has cost today."""
    backend = model.backend
    period = f"‹ {period_words(model.period, model.window, backend.now())} ›"
    basis = _basis(model)
    paid = "offline" if backend.offline else paid_words(model.activity.paid, backend.budget)
    short = paid.removeprefix("paid today ") if backend.offline else "paid " + paid.removeprefix("paid today ")
    money = " · ".join(part for part in (period, model.currency, f"{basis}, UTC" if basis else "UTC") if part)
    place = literal(backend.place)
    middle, right = _first_that_fits(
        width - len(" costtui  ") - cells(place), ([money, paid], [f"{period} UTC", paid], [f"{period} UTC", short])
    )
    place = cut(place, width - len(" costtui    ") - cells(middle) - cells(right) - 3)
    left = cells(f" costtui  {place}")
    space = width - left - cells(middle) - cells(right) - 1
    before = max(2, min(space - 2, (width - cells(middle)) // 2 - left))
    return [
        (" costtui", "title"),
        (f"  {place}", ""),
        (" " * before, ""),
        (middle, "key"),
        (" " * max(1, space - before), ""),
        (right, "dim"),
    ]


def _basis(model: Model) -> str:
    """What kind of money is on the screen, in a word or two."""
    if model.at_overview or model.spec.by_basis:
        return model.backend.basis.replace("-", " ")
    return model.spec.basis.partition(";")[0].partition(",")[0].partition(":")[0]


def panes_line(model: Model, width: int) -> list[Span]:
    """Every place with its key, and every pane with its one number; the numbers of the others go first when it is narrow."""
    full = [_overview(model), *(_pane(model, spec, headline=True) for spec in model.panes)]
    if sum(cells(text) for text, _ in full) <= width:
        return full
    return [_overview(model), *(_pane(model, spec, headline=spec in model.shown and not model.at_overview) for spec in model.panes)]


def _overview(model: Model) -> Span:
    return f"{HERE if model.at_overview else ' '}{OVERVIEW} Overview ", "title" if model.at_overview else "dim"


def _pane(model: Model, spec: Spec, *, headline: bool) -> Span:
    number = literal(spec.headline(model.heads[spec.id].totals)) if headline and spec.id in model.heads else ""
    here = spec is model.spec and not model.at_overview
    return f"{HERE if here else ' '}{spec.key} {spec.title}{' ' + number if number else ''} ", "title" if here else "dim"


def footer_words(model: Model) -> str:
    """The pane's own line. It adds up all rows, so it is made when they change, not when the cursor moves."""
    data = model.data
    if data is None:
        return ""
    if data.more:  # sums over the first rows alone would be wrong
        return f" {len(data.rows) + data.more:,} {model.spec.noun} …"
    return " " + literal(model.spec.footer(data.totals, model.view.visible))


def footer_line(words: str, below: int, width: int) -> list[Span]:
    """The pane's own line, and how many rows lie below the screen."""
    more = f"↓ {below:,} more " if below else ""
    if cells(words) + cells(more) + 1 > width:
        more = f"↓ {below:,} " if below else ""
    words = cut(words, width - cells(more))
    return [(words, "head"), (" " * (width - cells(words) - cells(more)), "head"), (more, "dim")]


def problem_words(model: Model) -> Span | None:
    """ "! 2 problems"; None when all is well. What only waits for the user's yes is no failure."""
    kinds = [problem.kind for _, problem in model.problems]
    waits = kinds.count("needs-consent")
    failures = sum(kind not in ("warning", "needs-consent") for kind in kinds)
    if failures:
        return f"{shown_key('problems', model.keys)} {count(failures, 'problem')}", "bad"
    if waits:
        return f"{shown_key('pay', model.keys)} not read yet", "warn"
    return (f"{shown_key('problems', model.keys)} {count(len(kinds), 'note')}", "warn") if kinds else None


def filter_words(model: Model) -> str:
    """The filter and shown/total, what is hidden, and what is marked."""
    view = model.view
    parts = []
    if view.expression:
        parts.append(f"/{view.expression}   {view.found:,}/{view.total:,}")
    if view.marks:
        beside = f", {shown_key('beside', model.keys)} compares" if len(view.marks) > 1 else ""
        parts.append(f"{len(view.marks):,} marked{beside}")
    if view.hidden_count:
        key = shown_key("hidden", model.keys)
        parts.append(f"{view.hidden_count:,} explained, {key} hides" if view.show_hidden else f"{view.hidden_count:,} hidden, {key} shows")
    if view.folds.folded:
        parts.append(f"{view.folds.folded:,} folded, {shown_key('fold', model.keys)} unfolds")
    return APART.join(parts)


def lost_words(model: Model) -> Span | None:
    """Why nothing newer comes, and the key that changes it."""
    reason = model.activity.lost.rstrip(".")
    return (f"fetcher stopped: {reason}: press {shown_key('refresh', model.keys)} to start it again", "bad") if reason else None


def side_state(model: Model, message: Span | None, width: int, keys: Sequence[str]) -> list[Span]:
    """The state line of a screen above the pane: what just happened or progress, then problems and keys."""
    return _line(message or lost_words(model) or (progress_words(model), "dim"), "", _right(model, keys), width)


def state_line(model: Model, message: Span | None, width: int, keys: Sequence[str]) -> list[Span]:
    """What just happened or the filter, then progress or the ages of the sources, then problems and keys."""
    left = message or lost_words(model) or ("" if model.at_overview else filter_words(model), "")
    middle = progress_words(model) or of_sources(model.sources, model.backend.now())
    return _line(left, middle, _right(model, keys), width)


def progress_words(model: Model) -> str:
    """ "fetching GetMetricData 3 of 17 · Esc stops": the key is named where it does that next."""
    progress = model.progress
    view = model.view
    stops = progress and (model.at_overview or model.activity.was_asked(model.spec.id) or not (view.expression or view.marks))
    return f"{progress}{APART}{shown_key('back', model.keys)} stops" if stops else progress


def _right(model: Model, keys: Sequence[str]) -> list[Span]:
    return [span for span in (problem_words(model), *((key, "key") for key in keys)) if span is not None]


def _line(left: Span, middle: str, right: list[Span], width: int) -> list[Span]:
    """`left` is cut where `right` begins, and of the hints the first goes where it would be crushed; of `middle` as many whole parts
    stand between them as there is room for."""
    left_text = literal(left[0])
    hints = [span for span in right if span[1] == "key"]
    while len(hints) > 1 and _room(right, width) < cells(left_text):
        right = [span for span in right if span is not hints[0]]
        hints = hints[1:]
    room = _room(right, width)
    left_text = cut(left_text, room)
    middle = whole_parts(literal(middle), room - cells(left_text) - (3 if left_text else 0))
    spans: list[Span] = [(" " + left_text, left[1])]
    gap = room - cells(left_text) - cells(middle)
    spans += [(" " * gap, ""), (middle, "dim")]
    for text, name in right:
        spans += [("   ", ""), (text, name)]
    return spans


def _room(right: Sequence[Span], width: int) -> int:
    return max(0, width - sum(cells(text) + 3 for text, _ in right) - 2)


def whole_parts(text: str, width: int) -> str:
    """As many of the parts that stand before, between and after " · " as fit, from the first on; an ellipsis says that there are more."""
    if cells(text) <= width:
        return text
    kept = ""
    for part in text.split(APART):
        longer = f"{kept}{APART}{part}" if kept else part
        if cells(longer) + len(APART) + 1 > width:
            break
        kept = longer
    return f"{kept}{APART}…" if kept else ""
