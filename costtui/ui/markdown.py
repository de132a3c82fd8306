"""The view as Markdown, for a chat or a ticket: a table with the columns of a middling terminal."""

from costtui.domain.text import literal
from costtui.panes.overview import Overview
from costtui.ui.chrome import footer_words
from costtui.ui.columns import fitting
from costtui.ui.model import Model
from costtui.ui.said import period_words

WIDTH = 120
MOST = 50
"""Rows; what is left out is counted."""


def of_view(model: Model) -> str:
    spec, view = model.view.spec, model.view
    columns = fitting(spec.columns, WIDTH)
    rows = view.visible
    lines = [_heading(model, spec.title), ""]
    if view.expression:
        lines += [f"Filter: `{view.expression}`, {view.found:,} of {view.total:,}", ""]
    lines.append(_row([column.title.strip() for column in columns]))
    lines.append(_row(["---:" if column.align == "right" else "---" for column in columns]))
    lines += [_row([_cell(column.text(row)) for column in columns]) for row in rows[:MOST]]
    if len(rows) > MOST:
        lines += ["", f"and {len(rows) - MOST:,} more"]
    return "\n".join([*lines, "", _cell(footer_words(model).strip()), "", f"_{spec.basis}_" if spec.basis else ""]).rstrip() + "\n"


def of_overview(model: Model, shown: Overview) -> str:
    return "\n".join([_heading(model, "Overview"), "", *(f"- {_cell(sentence)}" for sentence in shown.sentences)]) + "\n"


def _heading(model: Model, title: str) -> str:
    now = model.backend.now()
    return f"**{title}**, {_cell(model.backend.place)}, {period_words(model.period, model.window, now)} UTC"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    """Literal in Markdown too: what would end the cell or mark it up is escaped."""
    return "".join(f"\\{char}" if char in "\\|`*_<[~" else char for char in literal(text))
