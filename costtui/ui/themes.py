"""The themes by costtui's own names, beside Textual's: made for dark and light terminals, for weak eyes, and for sixteen colours."""

from textual.app import App
from textual.theme import Theme

OURS = {"dark": "textual-dark", "light": "textual-light", "high-contrast": "high-contrast", "ansi": "ansi-dark", "ansi-light": "ansi-light"}
"""Each name with the theme that draws it."""
HIGH_CONTRAST = Theme(
    name="high-contrast",
    primary="#ffd700",
    secondary="#00ffff",
    accent="#00ffff",
    warning="#ffff00",
    error="#ff8080",
    success="#00ff00",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    dark=True,
    text_alpha=1.0,
)


def known(app: App[None]) -> list[str]:
    """Every name that `ui.theme` and the palette take, ours first."""
    return list(dict.fromkeys([*OURS, *sorted(app.available_themes)]))


def registered(app: App[None], name: str) -> str:
    """Textual's name of a known theme, which it knows from here on."""
    if name == HIGH_CONTRAST.name:
        app.register_theme(HIGH_CONTRAST)
    return OURS.get(name, name)
