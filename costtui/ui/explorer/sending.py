"""Copying: out to the terminal, which may or may not take it."""

import os

from costtui.ui.explorer.base import ExplorerBase


class Sending(ExplorerBase):
    async def send_out(self, text: str, name: str) -> None:
        """Send `text` towards the clipboard, and say how far it got: nothing answers from there."""
        from costtui.ui import clipboard

        if len(text.encode()) > clipboard.MOST_BYTES:
            self._into_file(text, name)
            return
        route = await clipboard.route(os.environ)
        if route == "tmux-shut":
            self.tell_top(f"{name} was not sent: tmux lets nothing through: tmux set -g allow-passthrough on", "warn")
            return
        if route == "tmux-buffer":
            await clipboard.into_tmux_buffer(text)
        elif self._driver is not None:
            self._driver.write(clipboard.framed(text, route))
            self._driver.flush()
        through = " through tmux" if route.startswith("tmux") else f" through {route}" if route == "screen" else ""
        self.tell_top(f"{name} sent to the terminal: {len(text):,} characters{through}")

    def _into_file(self, text: str, name: str) -> None:
        from costtui.ui import clipboard

        try:
            path = clipboard.into_file(text)
        except OSError as error:
            self.tell_top(f"{name} was not copied: {error.strerror or error}", "bad")
        else:
            self.tell_top(f"written to {path}: {name} is too long for a terminal ({len(text):,} characters)")
