import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.domain.text import literal
from costtui.ui.text import cells, count, cut, ends, fit, wrapped


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("[bold]x[/] \x1b[31m", "[bold]x[/] ␛[31m"),
        ("a\nb\tc\x00", "a·b·c·"),
        ("c1\x9b31m", "c1·31m"),
        ("\u202egnp.exe", "·gnp.exe"),
        ("zero\u200bwidth", "zero·width"),
        ("hard\u00a0space", "hard space"),
        ("heart ❤\ufe0f", "heart ❤"),
        ("缩略图", "缩略图"),
        ("lone \ud800", "lone ·"),
    ],
)
def test_literal(text: str, shown: str) -> None:
    assert literal(text) == shown


@given(st.text())
def test_literal_text_cannot_act_on_the_terminal(text: str) -> None:
    shown = literal(text)
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in shown)
    assert literal(shown) == shown


@given(st.text(alphabet="ab漢字é e\u0301", max_size=30), st.integers(0, 20), st.sampled_from(["left", "right"]))
def test_fit_is_exactly_as_wide_as_asked(text: str, width: int, align: str) -> None:
    assert cells(fit(text, width, "right" if align == "right" else "left")) == width


def test_cut_marks_what_is_missing() -> None:
    assert cut("thumbnail", 9) == "thumbnail"
    assert cut("thumbnail", 8) == "thumbna…"
    assert cut("漢字漢字", 6) == "漢字…"
    assert cut("abc", 0) == ""


def test_right_alignment_pads_at_the_left() -> None:
    assert fit("1.50", 7, "right") == "   1.50"
    assert fit("漢", 4, "right") == "  漢"


def test_ends_keeps_the_right_word() -> None:
    assert ends("left words", "right", 12) == "left w…right"


@given(st.text(alphabet="ab 漢\n", max_size=80), st.integers(2, 12))
def test_wrapped_keeps_every_letter_within_the_width(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(0 < cells(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_count_speaks_of_one_and_many() -> None:
    assert [count(number, "problem") for number in (0, 1, 2, 1000)] == ["0 problems", "1 problem", "2 problems", "1,000 problems"]
