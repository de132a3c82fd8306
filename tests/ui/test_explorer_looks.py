"""Themes, and terminals that draw nothing but ASCII."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from costtui.config import Ui
from costtui.domain.ascii_text import ascii_text
from costtui.domain.text import cells, literal
from tests.ui.fakes import explorer, lines_of, state_of, text_of


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


@pytest.mark.parametrize("first", ["0", "1", "2"])
async def test_in_ascii_every_screen_is(first: str) -> None:
    app = explorer(first=first, ascii_only=True)
    async with app.run_test(size=(100, 30)) as pilot:
        for keys in ((), ("enter",), ("escape",), ("?",), ("?",), ("!",), ("!",), ("p",), ("escape",), (":",)):
            await press(pilot, *keys)
            assert text_of(app).isascii(), keys
            assert {len(line) for line in lines_of(app) if line} <= {len(lines_of(app)[0]), *map(len, lines_of(app))}


async def test_in_ascii_cursor_and_mark_still_differ() -> None:
    app = explorer(ascii_only=True)
    async with app.run_test(size=(100, 30)) as pilot:
        await press(pilot, "space", "space", "k")
        assert [line[0] for line in lines_of(app)[3:6]] == ["+", "*", " "]
        assert "2 marked, = compares" in state_of(app)


@given(st.text())
def test_ascii_is_ascii_and_takes_the_same_room(text: str) -> None:
    text = literal(text)
    assert ascii_text(text).isascii()
    if all(cells(char) == 1 for char in text):
        assert len(ascii_text(text)) == len(text)


def test_letters_and_bars_stay_readable() -> None:
    assert ascii_text("▁▂▃▄▅▆▇█ → −1,204.50 · ‹idle› São Tomé 缩略 …") == "_.,-=+*# > -1,204.50 . <idle> Sao Tome ???? ~"


@pytest.mark.parametrize("theme", ["dark", "light", "high-contrast", "ansi", "ansi-light", "nord"])
async def test_themes_by_name(theme: str) -> None:
    app = explorer(ui=Ui(theme=theme))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert "is not known" not in state_of(app)
        assert "checkout-authorize" in text_of(app)


async def test_high_contrast_has_no_dim_words() -> None:
    app = explorer(ui=Ui(theme="high-contrast"))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        style = app.pane_screen.table.style_of("dim")
        assert style.color is not None and style.color.triplet is not None
        assert min(style.color.triplet) >= 150
