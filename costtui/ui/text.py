"""Literal text in terminal cells, counted as Textual counts them when it draws: cut, padded, wrapped."""

from typing import Literal

from rich.cells import cell_len

from costtui.domain.text import literal

CUT = "…"
Span = tuple[str, str]
"""Literal text, and the name of its style: a Tone, or "head", "title", "key"."""


def cells(text: str) -> int:
    """The width of `text` in terminal cells."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, width: int) -> str:
    """`text`, at most `width` cells wide; what is cut off is marked with …"""
    if cells(text) <= width:
        return text
    if width < 1:
        return ""
    return _beginning(text, width - 1) + CUT


def _beginning(text: str, width: int) -> str:
    """As much of `text` as fits into `width` cells."""
    if text.isascii():
        return text[:width]
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if cell_len(text[:middle]) <= width else (low, middle - 1)
    return text[:low]


def fit(text: str, width: int, align: Literal["left", "right"] = "left") -> str:
    """`text` in exactly `width` cells, cut or padded."""
    text = cut(text, width)
    pad = " " * (width - cells(text))
    return pad + text if align == "right" else text + pad


def ends(left: str, right: str, width: int) -> str:
    """`left` and `right` at the two ends of a line; `left` is cut where they meet."""
    return fit(left, max(0, width - cells(right))) + cut(right, width)


def count(number: int, noun: str) -> str:
    """ "1 problem", "2 problems"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def wrapped(text: str, width: int) -> list[str]:
    """`text`, made literal, on as many lines of `width` cells as it needs, broken between words; a word wider than a line is cut
    into pieces."""
    lines, line = [], ""
    for word in literal(" ".join(text.split())).split():
        while cells(word) > width:
            head = _beginning(word, width) or word[0]
            lines += [line] * bool(line) + [head]
            word, line = word[len(head) :], ""
        joined = f"{line} {word}" if line else word
        if cells(joined) > width:
            lines.append(line)
            line = word
        else:
            line = joined
    return [*lines, line] if line else lines
