"""Which rows, in which order: the filter language, and sorting with unknown kept last.

A filter is words that must all hold: `text` (any column), `column:text`, `column>number` (`>=`, `<`, `<=`, `=`) and
`tag.KEY:text`; `!` before a word turns it round. Case does not matter. Unknown (None) is neither greater nor less than anything.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol, TypeVar

Value = str | int | Decimal | datetime | None
Row = TypeVar("Row")
RowIn = TypeVar("RowIn", contravariant=True)
Match = Callable[[Row], bool]


class FilterColumn(Protocol[RowIn]):
    """What the language needs to know of a column."""

    @property
    def id(self) -> str: ...
    @property
    def text(self) -> Callable[[RowIn], str]: ...
    @property
    def value(self) -> Callable[[RowIn], Value]: ...
    @property
    def drawn(self) -> bool: ...


class FilterError(ValueError):
    """A filter that cannot be read; its text is one sentence for the user."""


_TAG = re.compile(r"tag\.(?P<key>[^=:]+?)(?P<op>=|:)(?P<text>.*)", re.IGNORECASE | re.DOTALL)
_COLUMN = re.compile(r"(?P<column>[A-Za-z_][\w.-]*)(?P<op>>=|<=|>|<|=|:(?!:))(?P<text>.*)", re.DOTALL)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
}
_BETWEEN = "\x1f"
"""Stands between the cells of a haystack, so that no text is found across two of them."""


def haystack(row: Row, columns: Iterable[FilterColumn[Row]]) -> str:
    """What `text` searches: every cell that is written, case-folded. The explorer keeps it, since it costs more than the search."""
    return _BETWEEN.join(column.text(row) for column in columns if not column.drawn).casefold()


def parse(
    expression: str,
    columns: Sequence[FilterColumn[Row]],
    tags: Callable[[Row], Mapping[str, str]],
    hay: Callable[[Row], str] | None = None,
) -> Match[Row]:
    """The test that a row must pass. `hay` gives a row's `haystack`. Raises FilterError."""
    seek = hay or (lambda row: haystack(row, columns))
    tests = [test for word in expression.split() if (test := _word(word, columns, tags, seek)) is not None]
    if len(tests) == 1:
        return tests[0]
    return lambda row: all(test(row) for test in tests)


def _word(
    word: str, columns: Sequence[FilterColumn[Row]], tags: Callable[[Row], Mapping[str, str]], hay: Callable[[Row], str]
) -> Match[Row] | None:
    """The test of one word; None when it is not finished enough to say anything ("!", "account:")."""
    inverse = word.startswith("!")
    body = word[1:] if inverse else word
    if _TAG.fullmatch(body):
        test: Match[Row] | None = _tag(body[len("tag.") :].casefold(), tags)
    elif match := _COLUMN.fullmatch(body):
        test = _column(match["column"], match["op"], match["text"], columns)
    else:
        folded = body.casefold()
        test = (lambda row: folded in hay(row)) if folded else None
    if test is None or not inverse:
        return test
    straight = test
    return lambda row: not straight(row)


def _tag(wanted: str, tags: Callable[[Row], Mapping[str, str]]) -> Match[Row]:
    """`KEY:text` against each tag of the row: keys hold colons themselves (aws:cloudformation:stack-name), so none is split.
    Without text it asks whether the tag is there."""

    def test(row: Row) -> bool:
        for key, value in tags(row).items():
            folded = key.casefold()
            if wanted.startswith(folded + ":") and wanted[len(folded) + 1 :] in value.casefold():
                return True
            if wanted == f"{folded}={value.casefold()}":
                return True
        return False

    return test


def _column(name: str, op: str, text: str, columns: Sequence[FilterColumn[Row]]) -> Match[Row] | None:
    column = next((column for column in columns if column.id.casefold() == name.casefold()), None)
    if column is None:
        known = ", ".join(column.id for column in columns)
        raise FilterError(f"no column {name!r} to filter by: use one of {known}, or tag.KEY:text")
    folded = text.casefold()
    cell, value = column.text, column.value
    if op == ":":
        return (lambda row: folded in cell(row).casefold()) if folded else None
    wanted = _operand(text)
    if wanted is None and op != "=":
        raise FilterError(f"column {column.id!r} {op} {text!r}: expected a number or a date after {op}, as in {column.id}{op}1")
    if not text:
        raise FilterError(f"column {column.id!r} {op}: expected a value after {op}, as in {column.id}{op}1")
    return lambda row: _holds(value(row), op, wanted, folded)


def _operand(text: str) -> Decimal | datetime | None:
    """A number, with or without thousands separators, or an ISO date in UTC; None when it is neither."""
    try:
        number = Decimal(text.replace(",", ""))
        return number if number.is_finite() else None
    except InvalidOperation:
        pass
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None


def _holds(value: Value, op: str, wanted: Decimal | datetime | None, folded: str) -> bool:
    if value is None:
        return False
    if isinstance(value, str):
        return op == "=" and value.casefold() == folded
    if isinstance(value, datetime) != isinstance(wanted, datetime) or wanted is None:
        return False
    return _COMPARE[op](value, wanted)


def ordered(values: Sequence[Value], *, reverse: bool = False, apart: Sequence[int] = ()) -> list[int]:
    """The indexes of `values` in order: stable, text without regard to case, unknown last in both directions.

    With `apart`, a number for each value, those of a higher number come below all others in both directions."""
    keys: list[Any] = [value.casefold() if isinstance(value, str) else value for value in values]
    known = [index for index, value in enumerate(keys) if value is not None]
    known.sort(key=keys.__getitem__, reverse=reverse)
    found = known + [index for index, value in enumerate(keys) if value is None]
    return sorted(found, key=apart.__getitem__) if any(apart) else found
