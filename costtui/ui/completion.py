"""What the word that is being typed in a filter could become: a column, a tag, or a value that is in the table."""

import re

from costtui.ui.view import TableView

WORD = re.compile(r"(?P<done>.*?)(?P<word>\S*)\Z", re.DOTALL)
VALUE = re.compile(r"(?P<sign>!?)(?P<column>[\w.-]+?)(?P<op>[:=])(?P<text>.*)", re.DOTALL)
MOST = 8
ROWS = 2_000
"""Rows that are looked at for values: enough to find every account or region, and a matter of milliseconds."""


class Completion:
    """Reads the rows of the view when it is asked."""

    def __init__(self, view: TableView) -> None:
        self._view = view

    def choices(self, expression: str) -> list[str]:
        """Whole expressions that go on where `expression` ends, the likeliest first; none without a word to go on from."""
        match = WORD.match(expression)
        assert match is not None
        done, word = match["done"], match["word"]
        value = VALUE.fullmatch(word)
        if not word:
            return []
        found = self._values(value) if value else self._names(word)
        return [done + one for one in found if one != word][:MOST]

    def _names(self, word: str) -> list[str]:
        sign, name = ("!", word[1:]) if word.startswith("!") else ("", word)
        folded = name.casefold()
        spec = self._view.spec
        names = [f"{column.id}{'>' if column.align == 'right' else ':'}" for column in spec.columns]
        if folded.startswith("tag"):
            names += sorted({f"tag.{key}:" for row in self._view.rows[:ROWS] for key in spec.tags(row)})
        return [sign + name for name in names if folded and name.casefold().startswith(folded)]

    def _values(self, typed: re.Match[str]) -> list[str]:
        view, column_id = self._view, typed["column"]
        rows, text = view.rows[:ROWS], typed["text"].casefold()
        column = view.spec.column(column_id.casefold())
        if column_id.startswith("tag."):
            key = column_id.removeprefix("tag.")
            values = {value for row in rows if (value := view.spec.tags(row).get(key))}
        elif column is not None and column.align == "left":
            values = {column.text(row) for row in rows}
        else:
            return []
        before = f"{typed['sign']}{column_id}{typed['op']}"
        return [before + value for value in sorted(values) if value.casefold().startswith(text) and not any(map(str.isspace, value))]
