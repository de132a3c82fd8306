"""The way from a pane into its details as data, so that it can be walked again over newer rows."""

from collections.abc import Sequence
from dataclasses import replace

from costtui.panes.spec import Detail, Line
from costtui.ui.base_screen import Step
from costtui.ui.copies import copy_of
from costtui.ui.model import Model
from costtui.ui.subject import Subject, subject


def lines_of(detail: Detail) -> list[Line]:
    """All lines of its sections: `("line", n)` is the n-th of them."""
    return [line for section in detail.sections for line in section.lines]


def opened(model: Model, trail: Sequence[Step], above: Detail | None = None) -> list[Detail]:
    """The details that lie on the way, as far as it still exists."""
    details: list[Detail] = []
    for step in trail:
        detail = _open(model, step, above)
        if detail is None:
            break
        details.append(detail)
        above = detail
    return details


def _open(model: Model, step: Step, above: Detail | None) -> Detail | None:
    kind, *rest = step
    if kind in ("row", "related", "explain", "link"):
        found = subject(model, rest[0], rest[1])
        return None if found is None else of_row(model, step, found)
    if kind in ("line", "why"):
        lines = lines_of(above) if above is not None else []
        line = lines[int(rest[0])] if int(rest[0]) < len(lines) else None
        into = None if line is None else line.behind if kind == "line" else line.why
        return None if into is None else into()
    return of_rows(model, step)


def of_row(model: Model, step: Step, found: Subject) -> Detail:
    """What `step` opens of one row."""
    if step[0] == "row":
        return found.spec.row_detail(found.row, found.data)
    if step[0] == "explain":
        spec = model.view.spec if found.spec is model.spec else found.spec  # it has the Δ columns, where there are any
        detail = spec.explain(found.row, step[3], found.data)
    elif step[0] == "link":
        detail = copy_of("link", found).detail or Detail("Console link")
    else:
        from costtui.panes.related import related

        detail = related(found.row, model.world())
    return replace(detail, about=(step[1], step[2]))


def of_rows(model: Model, step: Step) -> Detail | None:
    """What `step` opens of the rows of the pane on the screen: their groups, or some of them side by side."""
    spec, data = model.spec, model.data
    if data is None:
        return None
    if step[0] == "groups":
        from costtui.panes.grouping import group_choices

        return group_choices(spec, data, model.view.visible)
    from costtui.panes.comparing import side_by_side

    rows = [row for row in data.rows if spec.row_id(row) in step[1:]]
    return side_by_side(model.view.spec, rows) if len(rows) > 1 else None
