"""Text of unknown origin as literal text: names, tags and descriptions come from the cloud and are hostile until shown otherwise."""

import unicodedata
from typing import Literal

ESCAPE = "␛"
CONTROL = "·"
_SPACE = dict.fromkeys(map(ord, "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"), " ")
_PRESENTATION = {0xFE0E: None, 0xFE0F: None}
"""Variation selectors: terminals disagree on the width that they give to the sign before them."""


def literal(text: str) -> str:
    """`text` with every control, escape, direction and invisible character shown as a sign: one line, no effects."""
    if text.isascii() and text.isprintable():
        return text
    text = text.translate(_PRESENTATION).translate(_SPACE)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ESCAPE if char == "\x1b" else CONTROL for char in text)


def cells(text: str) -> int:
    """The width of literal text in terminal cells: wide characters take two, combining ones none (Unicode Annex 11)."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def padded(text: str, width: int, align: Literal["left", "right"] = "left") -> str:
    """`text` in at least `width` cells."""
    pad = " " * (width - cells(text))
    return pad + text if align == "right" else text + pad
