"""What a pane is: a description that the explorer, the headless commands and the snapshot all read.

A pane knows records and words, never a terminal and never a network. A new pane is one module of this package that
exposes `PANE = PaneSpec(...)`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from importlib import import_module
from typing import Any, Generic, Literal, TypeVar

from costtui.domain.loaded import PaneData
from costtui.panes.day_plot import DayPlot
from costtui.panes.inputs import Inputs
from costtui.panes.plots import Plot

Row = TypeVar("Row")
Totals = TypeVar("Totals")

Align = Literal["left", "right"]
Tone = Literal["", "dim", "good", "warn", "bad", "worst"]
"""How a cell or line is coloured. Never the only carrier of a meaning: a word or a sign stands with it."""

SortValue = str | int | Decimal | datetime | None
Json = dict[str, Any]


def later(module: str, name: str) -> Callable[..., Any]:
    """The function `name` of `module`, imported when it is first called: the first frame needs neither sums nor details."""

    def call(*arguments: Any) -> Any:
        return getattr(import_module(module), name)(*arguments)

    return call


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column of a pane's table.

    `id` is the field's name in documents, and what `--sort` and `column:text` take. `value` is what the column sorts and
    compares by; None is unknown and sorts last in both directions. `text` is the literal text of a cell, without markup.
    """

    id: str
    title: str
    width: int
    text: Callable[[Row], str]
    value: Callable[[Row], SortValue]
    align: Align = "left"
    from_width: int = 0
    """The narrowest terminal that shows the column, in cells."""
    grows: bool = False
    """Takes the width that is left over; at most one column of a pane."""
    tone: Callable[[Row], Tone] | None = None
    drawn: bool = False
    """Its cells are bars and not words: no text is looked for in them."""


@dataclass(frozen=True)
class Line:
    """One line of a section: its cells, and what lies behind it when it can be entered."""

    cells: tuple[str, ...]
    tone: Tone = ""
    behind: "Callable[[], Detail] | None" = None
    why: "Callable[[], Detail] | None" = None
    """How its number came about."""


@dataclass(frozen=True)
class Section:
    """A small table inside a detail. `widths` are in cells, 0 takes what is left; `right` names the right-aligned columns."""

    title: str
    lines: tuple[Line, ...]
    head: tuple[str, ...] = ()
    widths: tuple[int, ...] = (0,)
    right: frozenset[int] = frozenset()
    note: str = ""
    plots: tuple[Plot | DayPlot, ...] = ()
    """Drawn between the lines and the note."""


@dataclass(frozen=True)
class Detail:
    """What Enter shows of a row, or of a line of another detail."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    sections: tuple[Section, ...] = ()
    about: tuple[str, str] | None = None
    """Pane id and row id of the row that it tells of, where it tells of one."""


@dataclass(frozen=True)
class Action(Generic[Row]):
    """A question about rows that is asked on a key, or for the rows on the screen: it brings `dataset` for their subjects."""

    id: str
    title: str
    """What it does, as a command: "detect drift now"."""
    dataset: str
    subject: Callable[[Row], str | None]
    """What is asked about for a row; None where this row lacks nothing that the question could bring."""
    unavailable: str
    """Why it cannot be asked of the rows at hand, when none has a subject."""


@dataclass(frozen=True)
class Fold(Generic[Row]):
    """Which rows a table may show as one line, and what stands there for them."""

    key: Callable[[Row], str]
    """The same for rows that go together; "" stands alone."""
    together: Callable[[Sequence[Row]], Row]
    """A row that says what they share, and their number in place of a name."""


@dataclass(frozen=True)
class PaneSpec(Generic[Row, Totals]):
    """One pane. `build` makes rows from datasets in the fetcher; everything else reads rows."""

    id: str
    title: str
    key: str
    """The digit that opens it."""
    noun: str
    """What its rows are called, in the plural: "functions"."""
    row_type: type[Row]
    totals_type: type[Totals]
    needs: tuple[str, ...]
    """Names of the datasets (costtui.domain.datasets) that `build` takes."""
    build: Callable[[Inputs], PaneData[Row, Totals]]
    columns: tuple[Column[Row], ...]
    sort: str
    """Default order, as `--sort` takes it: a column id, with "-" before it for descending."""
    row_id: Callable[[Row], str]
    tags: Callable[[Row], dict[str, str]]
    money: Callable[[Row], Decimal | None]
    """The amount that groups and comparisons add up; None is unknown."""
    groups: Mapping[str, Callable[[Row], str | None]]
    """What rows can be grouped by, beside `tag:KEY`: "team", "region"."""
    headline: Callable[[Totals], str]
    """The one number of the pane, for the line of panes: "1,904.32" or "9 real, 1 critical"."""
    footer: Callable[[Totals, Sequence[Row]], str]
    """One line below the table; `Sequence` is the rows that the filter lets through."""
    basis: str
    """What the money is, in words: "list price, from metrics; without INIT, discounts, Savings Plans and tax: not your invoice"."""
    detail: Callable[[Row, PaneData[Row, Totals]], Detail]
    explain: Callable[[Row, str, PaneData[Row, Totals]], Detail]
    """How the value in a column (its id) came about: formula, figures, rate, window, source, basis."""
    document_row: Callable[[Row], Json]
    document_totals: Callable[[Totals], Json]
    id_key: str = "id"
    """Where a document's row has its id, its money and, in the totals, the sum of that; a dot leads into a table."""
    money_key: str = "total"
    total_key: str = "total"
    apart: Callable[[Row], int] = field(default=lambda _row: 0)
    """Rows of a higher number stand below all others, however the table is sorted: what is not to be ranked with the rest."""
    cents: Callable[[Row], Decimal | None] | None = None
    """`money` as the row shows it, where it is rounded so that rows add up; groups on the screen add these."""
    by_basis: bool = False
    """Whether its money depends on the cost basis of the view (amortized, billed, …)."""
    actions: tuple[Action[Row], ...] = ()
    """Questions on a key."""
    on_screen: tuple[Action[Row], ...] = ()
    """Free questions that are asked for the rows on the screen once the cursor rests."""
    hidden: Callable[[Row], bool] = field(default=lambda _row: False)
    """True for rows that the table leaves out until asked (drift's explained noise); documents always hold them."""
    fold: Fold[Row] | None = None
    """Rows that are alike in all but their names; documents and counts know each."""

    @property
    def data_type(self) -> Any:
        """The concrete type for msgspec to decode a stored value into."""
        return PaneData[self.row_type, self.totals_type]  # type: ignore[name-defined]

    def row_detail(self, row: Row, data: PaneData[Row, Totals]) -> Detail:
        """`detail`, which says whose it is."""
        return replace(self.detail(row, data), about=(self.id, self.row_id(row)))

    def with_columns(self, columns: "tuple[Column[Row], ...]") -> "PaneSpec[Row, Totals]":
        """The same pane with other columns in its table."""
        return replace(self, columns=columns)

    def column(self, column_id: str) -> Column[Row] | None:
        return next((column for column in self.columns if column.id == column_id), None)
