"""The line of panes: a click on a pane opens it."""

from textual import events

from costtui.ui.lines import OneLine
from costtui.ui.text import cells


class PanesWords(OneLine):
    """Each of its spans is a place: the mark, the digit that opens it, its name and its number."""

    def __init__(self) -> None:
        super().__init__(id="panes")

    async def on_click(self, event: events.Click) -> None:
        x = 0
        for text, _ in self.spans:
            x += cells(text)
            if event.x < x:
                await self.app.run_action(f"pane('{text[1]}')")
                return
