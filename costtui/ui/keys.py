"""Every key binding, by the id that `[ui.keys]` of the configuration names, and how a key is written on the screen."""

from collections.abc import Mapping

from textual.binding import Binding
from textual.keys import key_to_character

PLACES = Binding.Group("Places")
MOVE = Binding.Group("Move")
TABLE = Binding.Group("Table")
DATA = Binding.Group("Data")

EVERYWHERE = [
    *(Binding(key, f"pane('{key}')", "open the pane", id=f"pane-{key}", group=PLACES) for key in "0123456789"),
    Binding("tab", "pane_step(1)", "next pane", id="next-pane", group=PLACES),
    Binding("shift+tab", "pane_step(-1)", "previous pane", id="previous-pane", group=PLACES),
    Binding("[", "place(-1)", "back through the places you have been", id="place-back", group=PLACES),
    Binding("]", "place(1)", "forward through them", id="place-forward", group=PLACES),
    Binding(":,ctrl+p", "commands", "commands, panes, rows: type a name", id="commands", group=PLACES),
    Binding("r", "refresh", "refresh from free sources", id="refresh", group=DATA),
    Binding("$", "pay", "price a paid refresh, and ask", id="pay", group=DATA),
    Binding("!", "problems", "problems: what, where, what to do", id="problems", group=DATA),
    Binding("?", "help", "this help", id="help", group=PLACES),
    Binding("q", "quit", "quit", id="quit", group=PLACES),
    Binding("ctrl+c", "quit", "quit, from a text field too", id="interrupt", group=PLACES, priority=True),
]
LINES = [
    Binding("up,k", "go(-1)", "one line up", id="up", group=MOVE),
    Binding("down,j", "go(1)", "one line down", id="down", group=MOVE),
    Binding("pageup", "page(-2)", "one page up", id="page-up", group=MOVE),
    Binding("pagedown", "page(2)", "one page down", id="page-down", group=MOVE),
    Binding("ctrl+u", "page(-1)", "half a page up", id="half-up", group=MOVE),
    Binding("ctrl+d", "page(1)", "half a page down", id="half-down", group=MOVE),
    Binding("g,home", "end(-1)", "to the first line", id="top", group=MOVE),
    Binding("G,end", "end(1)", "to the last line, or to the one counted", id="bottom", group=MOVE),
    Binding("enter", "screen.open", "open the line under the cursor", id="open", group=PLACES),
]
BACK = Binding("escape", "back", "close, then stop, then clear, then back", id="back", group=PLACES)
EXPLAIN = Binding("e", "explain", "explain this number", id="explain", group=TABLE)
RELATED = Binding("x", "related", "related rows in the other panes", id="related", group=PLACES)
COPY = [
    Binding("y", "copy('id')", "copy the id", id="copy-id", group=DATA),
    Binding("Y", "copy('arn')", "copy the ARN", id="copy-arn", group=DATA),
    Binding("J", "copy('toml')", "copy the row as TOML", id="copy-row", group=DATA),
    Binding("o", "copy('link')", "show and copy the console link", id="copy-link", group=DATA),
]
VIEW = [
    Binding("m", "basis", "next cost basis: amortized to list", id="basis", group=DATA),
    Binding("p", "period", "choose the period", id="period", group=DATA),
    Binding("S", "save('all')", "snapshot of every pane", id="save-all", group=DATA),
]
PANE = [
    BACK,
    Binding("/", "filter", "filter over all rows", id="filter", group=TABLE),
    Binding("<", "sort(-1)", "sort by the column to the left", id="sort-left", group=TABLE),
    Binding(">", "sort(1)", "sort by the column to the right", id="sort-right", group=TABLE),
    Binding("R", "reverse", "reverse the order", id="reverse", group=TABLE),
    Binding("w", "wide", "wide: all columns", id="wide", group=TABLE),
    Binding("left", "columns(-1)", "wide: one column to the left", id="columns-left", group=TABLE),
    Binding("right", "columns(1)", "wide: one column to the right", id="columns-right", group=TABLE),
    Binding("n", "hidden", "show or hide the explained rows", id="hidden", group=TABLE),
    Binding("z", "fold", "fold or unfold rows that changed alike", id="fold", group=TABLE),
    Binding("space", "mark", "mark the row, or take the mark back", id="mark", group=TABLE),
    Binding("=", "beside", "the marked rows side by side", id="beside", group=TABLE),
    EXPLAIN,
    Binding("b", "group", "group by owner, place or tag", id="group", group=TABLE),
    RELATED,
    Binding("a", "ask", "ask the cloud about these rows", id="ask", group=DATA),
    Binding("c", "compare", "compare with the previous period", id="compare", group=DATA),
    *VIEW,
    Binding("s", "save('view')", "snapshot of the filtered, sorted view", id="save-view", group=DATA),
    *COPY,
]
DETAIL = [BACK, EXPLAIN, RELATED, Binding("y", "copy('line')", "copy this line", id="copy-id", group=DATA), *COPY[1:]]
OVERVIEW = [
    BACK,
    Binding("/", "app.commands", "find a row, a pane or a command", id="filter", group=PLACES),
    EXPLAIN,
    RELATED,
    *VIEW,
    Binding("y", "copy('words')", "copy the sentences", id="copy-id", group=DATA),
    *COPY[1:],
]
ALL = {binding.id: binding for binding in [*EVERYWHERE, *LINES, *PANE] if binding.id is not None}

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
    "slash": "/",
    "space": "space",
}


def display(key: str) -> str:
    """How a key is written: "ctrl+d", "shift+Tab", "PgUp", "<"."""
    *modifiers, name = key.split("+")
    character = key_to_character(name) if len(name) > 1 else name
    return "+".join([*modifiers, NAMES.get(name) or character or name])


def shown_key(binding_id: str, keys: Mapping[str, str]) -> str:
    """The first key of a binding, as remapped."""
    return display(keys.get(binding_id, ALL[binding_id].key).split(",")[0].strip())


def checked(keys: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The remappings that can be used, and a sentence for each that cannot: an unknown name, or a key that is taken."""
    taken = {key: name for name, binding in ALL.items() if name not in keys for key in binding.key.split(",")}
    usable, wrong = {}, []
    for name, value in keys.items():
        wanted = [key.strip() for key in value.split(",")]
        if name not in ALL:
            wrong.append(f"ui.keys.{name}: no such key binding: the README lists their names")
        elif clash := next((key for key in wanted if key in taken), None):
            wrong.append(f"ui.keys.{name}: {clash} is the key of {taken[clash]}: choose another")
        else:
            usable[name] = value
            taken.update(dict.fromkeys(wanted, name))
    return usable, wrong
