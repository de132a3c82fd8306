"""The words of the lines around the table: title, panes, footer, state. Each fits its width, the least important words go first."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from costtui.domain.loaded import PaidCalls
from costtui.domain.period import Window
from costtui.domain.text import literal
from costtui.panes.words import of_sources
from costtui.ui.keys import shown_key
from costtui.ui.lines import Span
from costtui.ui.model import Model
from costtui.ui.text import cells, count, cut

HERE = "▸"
"""Marks the pane that is open, beside its colour."""


def period_words(period: str, window: Window, now: datetime) -> str:
    """ "30 days to 19 Nov", "month to 20 Nov", "Oct 2026". The year stands where it is not this one."""
    today, last = now.astimezone(UTC).date(), window.end - timedelta(1)
    if period == "mtd":
        return f"month to {_day(last, today)}"
    if period.endswith("d"):
        return f"{count(len(window), 'day')} to {_day(last, today)}"
    if len(window) > 31:
        return f"{window.start:%b %Y} to {last:%b %Y}"
    return window.start.strftime("%b %Y")


def _day(day: date, today: date) -> str:
    return f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b %Y}"


def paid_words(paid: PaidCalls, budget: Decimal | None) -> str:
    """ "paid today $0.03 of $0.50". Never $0.00 for something that was paid."""
    spent = "<$0.01" if 0 < paid.usd < Decimal("0.005") else f"${paid.usd:,.2f}"
    return f"paid today {spent}" + (f" of ${budget:,.2f}" if budget is not None else ", no budget")


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
    told = model.spec.basis.partition(";")[0].partition(",")[0].partition(":")[0]
    basis = model.backend.basis.replace("-", " ") if model.spec.by_basis else told
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


def panes_line(model: Model, width: int) -> list[Span]:
    """Every pane with its key and its one number; the numbers of the others go first when it is narrow."""
    full = [_pane(model, spec.id, headline=True) for spec in model.panes]
    if sum(cells(text) for text, _ in full) <= width:
        return full
    return [_pane(model, spec.id, headline=spec is model.spec) for spec in model.panes]


def _pane(model: Model, pane: str, *, headline: bool) -> Span:
    spec = next(spec for spec in model.panes if spec.id == pane)
    number = literal(model.headlines.get(pane, "")) if headline else ""
    here = spec is model.spec
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
    """ "! 2 problems"; None when all is well."""
    kinds = [problem.kind for _, problem in model.problems]
    failures = sum(kind != "warning" for kind in kinds)
    if failures:
        return f"! {count(failures, 'problem')}", "bad"
    return (f"! {count(len(kinds), 'note')}", "warn") if kinds else None


def filter_words(model: Model) -> str:
    """The filter and shown/total, and what is hidden."""
    view = model.view
    words = f"/{view.expression}   {len(view.order):,}/{view.total:,}" if view.expression else ""
    if view.hidden_count:
        key = shown_key("hidden", model.keys)
        hidden = f"{view.hidden_count:,} explained, {key} hides" if view.show_hidden else f"{view.hidden_count:,} hidden, {key} shows"
        words = f"{words} · {hidden}" if words else hidden
    return words


def lost_words(model: Model) -> Span | None:
    """Why nothing newer comes, and the key that changes it."""
    reason = model.activity.lost.rstrip(".")
    return (f"fetcher stopped: {reason}: press {shown_key('refresh', model.keys)} to start it again", "bad") if reason else None


def side_state(model: Model, message: Span | None, width: int, keys: Sequence[str]) -> list[Span]:
    """The state line of a screen above the pane: what just happened or progress, then problems and keys."""
    progress = model.activity.progress(model.spec.id, model.window), "dim"
    return _line(message or lost_words(model) or progress, "", _right(model, keys), width)


def state_line(model: Model, message: Span | None, width: int, keys: Sequence[str]) -> list[Span]:
    """What just happened or the filter, then progress or the ages of the sources, then problems and keys."""
    left = message or lost_words(model) or (filter_words(model), "")
    sources = model.data.sources if model.data is not None else []
    middle = model.activity.progress(model.spec.id, model.window) or of_sources(sources, model.backend.now())
    return _line(left, middle, _right(model, keys), width)


def _right(model: Model, keys: Sequence[str]) -> list[Span]:
    return [span for span in (problem_words(model), *((key, "key") for key in keys)) if span is not None]


def _line(left: Span, middle: str, right: list[Span], width: int) -> list[Span]:
    """`left` is cut where `right` begins; `middle` stands between them as far as there is room."""
    room = max(0, width - sum(cells(text) + 3 for text, _ in right) - 2)
    left_text = cut(literal(left[0]), room)
    middle = literal(middle)
    space = room - cells(left_text) - (3 if left_text else 0)
    if cells(middle) > space:
        middle = cut(middle, space) if space >= 12 else ""
    spans: list[Span] = [(" " + left_text, left[1])]
    gap = room - cells(left_text) - cells(middle)
    spans += [(" " * gap, ""), (middle, "dim")]
    for text, name in right:
        spans += [("   ", ""), (text, name)]
    return spans
