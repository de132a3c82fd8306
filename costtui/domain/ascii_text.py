"""Text for terminals that draw nothing but ASCII: every cell keeps its place."""

import unicodedata
from functools import lru_cache

SIGNS = str.maketrans(
    {
        **dict(zip("▁▂▃▄▅▆▇█", "_.,-=+*#", strict=True)),
        **dict.fromkeys("▏▎▍▋▊▉", "#"),
        **dict.fromkeys("│┃", "|"),
        **dict.fromkeys("─━", "-"),
        **dict.fromkeys("┌┐└┘├┤┬┴┼", "+"),
        **dict.fromkeys("→›»▸▶▌", ">"),
        **dict.fromkeys("←‹«◂◀", "<"),
        **dict.fromkeys("−–—", "-"),
        **dict.fromkeys("“”", '"'),
        **dict.fromkeys("‘’", "'"),
        "╋": "*",
        "↑": "^",
        "▲": "^",
        "↓": "v",
        "▼": "v",
        "·": ".",
        "•": "*",
        "●": "o",
        "○": "o",
        "◆": "X",
        "◇": "x",
        "★": "*",
        "☆": "*",
        "×": "x",
        "÷": "/",
        "≠": "!",
        "≈": "~",
        "≤": "<",
        "≥": ">",
        "±": "~",
        "…": "~",
        "Δ": "d",
        "µ": "u",
        "␛": "^",
    }
)
BRAILLE = range(0x2800, 0x2900)
DOTS = " .:-=+*##"
"""By the number of dots that a braille cell has."""


@lru_cache(maxsize=4096)
def _cell(char: str) -> str:
    if ord(char) in BRAILLE:
        return DOTS[(ord(char) - BRAILLE.start).bit_count()]
    plain = unicodedata.normalize("NFKD", char)[:1]
    if plain.isascii() and plain.isprintable() and plain:
        return plain
    if unicodedata.combining(char):
        return ""
    return "??" if unicodedata.east_asian_width(char) in "WF" else "?"


def ascii_text(text: str) -> str:
    """`text` in ASCII, as wide as before: signs by others that look like them, letters without their accents, all else as "?"."""
    if text.isascii():
        return text
    text = text.translate(SIGNS)
    return text if text.isascii() else "".join(char if char.isascii() else _cell(char) for char in text)
