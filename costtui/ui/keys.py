"""Every key binding by its id, as `[ui.keys]` of the configuration names it, and how a key is written on the screen."""

from collections.abc import Iterable, Mapping

from textual.binding import Binding
from textual.keys import key_to_character

NAMES = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "home": "Home",
    "end": "End",
}


def display(key: str) -> str:
    """How a key is written: "ctrl+d", "shift+Tab", "PgUp", "<"."""
    *modifiers, name = key.split("+")
    if not name:
        return key
    character = key_to_character(name) if len(name) > 1 else name
    return "+".join([*modifiers, NAMES.get(name) or character or name])


def all_bindings() -> list[Binding]:
    """The bindings that stand in one another's way: application, pane and table together."""
    from costtui.ui.app import ExplorerApp
    from costtui.ui.lines import LineList
    from costtui.ui.pane_screen import PaneScreen

    lists: Iterable[Iterable[object]] = (ExplorerApp.BINDINGS, PaneScreen.BINDINGS, LineList.BINDINGS)
    return [binding for bindings in lists for binding in bindings if isinstance(binding, Binding)]


def shown_key(binding_id: str, keys: Mapping[str, str]) -> str:
    """The first key of a binding, as remapped."""
    original = next(binding.key for binding in all_bindings() if binding.id == binding_id)
    return display(keys.get(binding_id, original).split(",")[0].strip())


def checked(keys: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The remappings that can be used, and a sentence for each that cannot: an unknown name, or a key that is taken."""
    taken: dict[str, str] = {}
    for binding in all_bindings():
        for key in binding.key.split(","):
            if binding.id and binding.id not in keys:
                taken[key.strip()] = binding.id
    known = {binding.id for binding in all_bindings() if binding.id}
    usable, wrong = {}, []
    for name, value in keys.items():
        wanted = [key.strip() for key in value.split(",")]
        if name not in known:
            wrong.append(f"ui.keys.{name}: no such key binding: ? lists their names")
        elif clash := next((key for key in wanted if key in taken), None):
            wrong.append(f"ui.keys.{name}: {clash} already is {taken[clash]}: choose another key")
        else:
            usable[name] = value
            taken.update(dict.fromkeys(wanted, name))
    return usable, wrong
