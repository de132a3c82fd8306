"""Widgets that draw line by line from plain data: no layout, no markup, and only the lines that changed are sent."""

from collections.abc import Iterable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from costtui.domain.ascii_text import ascii_text
from costtui.domain.text import literal
from costtui.ui.keys import LINES
from costtui.ui.text import Span as Span
from costtui.ui.text import cells, cut

MARK = "▌"
"""Stands before the line under the cursor, so that a terminal without colours shows it too."""
MARKED, MARK_BOTH = "+", "╋"
"""Before a marked line, and before one that is under the cursor too."""


class Drawn(Widget):
    """Base of everything that costtui draws itself."""

    COMPONENT_CLASSES = {f"drawn--{name}" for name in ("plain", "dim", "good", "warn", "bad", "worst", "head", "title", "key", "cursor")}

    def style_of(self, name: str) -> Style:
        return self.get_component_rich_style(f"drawn--{name or 'plain'}")

    def strip(self, spans: Iterable[Span], width: int, over: str = "") -> Strip:
        """One line of exactly `width` cells. `over` gives one style to the whole line, in one segment."""
        drawn = ascii_text if getattr(self.app, "ascii_only", False) else str
        if over:
            text = drawn(cut("".join(text for text, _ in spans), width))
            return Strip([Segment(text + " " * (width - cells(text)), self.style_of(over))], width)
        segments, left = [], width
        for text, name in spans:
            part = drawn(cut(text, left))
            if part:
                segments.append(Segment(part, self.style_of(name)))
                left -= cells(part)
        if left:
            segments.append(Segment(" " * left, self.style_of("")))
        return Strip(segments, width)


class OneLine(Drawn):
    """A line of text that is redrawn only when its words change."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.spans: list[Span] = []

    @property
    def words(self) -> str:
        return "".join(text for text, _ in self.spans)

    def say(self, spans: list[Span]) -> None:
        if spans != self.spans:
            self.spans = spans
            self.refresh()

    def render_line(self, y: int) -> Strip:
        return self.strip(((literal(text), name) for text, name in self.spans), self.size.width) if y == 0 else Strip.blank(self.size.width)


class LineList(Drawn, can_focus=True):
    """Lines with a cursor. A subclass says how many there are and how each looks; this moves, scrolls and sends what changed."""

    HEAD = 0
    """Lines at the top that do not scroll."""

    BINDINGS = [*LINES]

    class Moved(Message):
        """The cursor moved, or the lines scrolled."""

    class Opened(Message):
        """A double click on the line under the cursor. Enter asks the screen itself, which opens before the next key is read."""

    cursor = 0
    top = 0
    count = 0
    """What the user has typed before a move: how many lines, or to which."""

    def line_count(self) -> int:
        raise NotImplementedError

    def spans(self, index: int) -> Sequence[Span]:
        """The line at `index` without its first cell, which is the cursor's."""
        raise NotImplementedError

    def stops(self, index: int) -> bool:  # noqa: ARG002
        """Whether the cursor may stand on the line."""
        return True

    def marked(self, index: int) -> bool:  # noqa: ARG002
        """Whether the user has set a mark on the line."""
        return False

    def head_strip(self, width: int) -> Strip:
        raise NotImplementedError

    @property
    def page(self) -> int:
        return max(1, self.size.height - self.HEAD)

    @property
    def below(self) -> int:
        """How many lines lie below the last one on the screen."""
        return max(0, self.line_count() - self.top - self.page)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y < self.HEAD:
            return self.head_strip(width)
        index = self.top + y - self.HEAD
        if index >= self.line_count():
            return self.strip((), width)
        if index == self.cursor and self.stops(index):
            return self.strip([(MARK_BOTH if self.marked(index) else MARK, ""), *self.spans(index)], width, over="cursor")
        return self.strip([(MARKED if self.marked(index) else " ", "key"), *self.spans(index)], width)

    def settle(self) -> None:
        """After the lines or the size changed: keep cursor and view inside, redraw everything."""
        count = self.line_count()
        self.cursor = self._stop(max(0, min(self.cursor, count - 1)), 1)
        self.top = max(0, min(self.top, count - self.page))
        if not self.top <= self.cursor < self.top + self.page:
            self.top = max(0, min(self.cursor - self.page // 2, count - self.page))
        self.refresh()

    def place(self, to: int) -> None:
        """The cursor goes to a line; a table remembers which row that is."""
        self.cursor = to

    def move_to(self, to: int, step: int = 1) -> None:
        """Put the cursor on line `to`, or on the next one in the direction of `step` that it may stand on."""
        old, count = self.cursor, self.line_count()
        if not count:
            return
        self.place(self._stop(max(0, min(to, count - 1)), step))
        if self.top <= self.cursor < self.top + self.page:
            if old != self.cursor:
                self._refresh_lines(old, self.cursor)
        else:
            self._scroll(self.cursor - self.page // 2)
        self.post_message(self.Moved())

    def _stop(self, index: int, step: int) -> int:
        """The nearest line that takes the cursor: first onwards, then backwards."""
        count = self.line_count()
        for way in (1 if step >= 0 else -1, -1 if step >= 0 else 1):
            at = index
            while 0 <= at < count:
                if self.stops(at):
                    return at
                at += way
        return max(0, min(index, count - 1))

    def _refresh_lines(self, *indexes: int) -> None:
        width = self.size.width
        self.refresh(*(Region(0, index - self.top + self.HEAD, width, 1) for index in indexes))

    def _scroll(self, top: int) -> None:
        top = max(0, min(top, self.line_count() - self.page))
        if top != self.top:
            self.top = top
        self.refresh(Region(0, self.HEAD, self.size.width, self.page))

    def _counted(self) -> int:
        """The count, which is used up by that; 0 without one."""
        counted, self.count = self.count, 0
        return counted

    def action_go(self, step: int) -> None:
        before = self.cursor
        self.move_to(self.cursor + step * (self._counted() or 1), step)
        if self.cursor == before and self._edge(step):
            self._scroll(self.top + step)

    def _edge(self, step: int) -> bool:
        """Whether lines that the cursor cannot reach lie beyond the edge of the view."""
        return self.top > 0 if step < 0 else self.below > 0

    def action_page(self, halves: int) -> None:
        step = halves * self.page // 2 * (self._counted() or 1)
        self.top = max(0, min(self.top + step, self.line_count() - self.page))
        self.move_to(self.cursor + step, step)
        self.refresh()

    def action_end(self, side: int) -> None:
        if counted := self._counted():
            self.move_to(counted - 1)
        elif side < 0:
            self.move_to(0)
            self._scroll(0)
        else:
            self.move_to(self.line_count() - 1, -1)
            self._scroll(self.line_count())

    def on_click(self, event: events.Click) -> None:
        index = self.top + event.y - self.HEAD
        if event.y < self.HEAD:
            self.click_head(event.x)
        elif index < self.line_count() and self.stops(index):
            self.move_to(index)
            if event.chain == 2:
                self.post_message(self.Opened())

    def click_head(self, x: int) -> None:
        """A click on the lines that do not scroll."""

    def on_mouse_scroll_down(self) -> None:
        self._wheel(3)

    def on_mouse_scroll_up(self) -> None:
        self._wheel(-3)

    def _wheel(self, step: int) -> None:
        before = self.top
        self._scroll(self.top + step)
        if self.top != before:
            self.post_message(self.Moved())

    def on_resize(self) -> None:
        self.settle()
