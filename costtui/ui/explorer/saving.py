"""Snapshots from the screen: which rows, into which file."""

import asyncio
from pathlib import Path

from costtui.ui.explorer.base import ExplorerBase
from costtui.ui.saving import SavedPane, confirmable, default_name, doubt, panes_to_save, path_of


class Saving(ExplorerBase):
    async def ask_and_save(self, *, everything: bool) -> None:
        from costtui.ui.prompt_screen import PromptScreen

        panes = panes_to_save(self.model, everything=everything)
        if not panes:
            self.tell_top("nothing to save: no rows are stored yet", "warn")
            return
        rows = sum(len(rows) for _, _, rows in panes)
        what = f"every pane, {rows:,} rows" if everything else f"{rows:,} {self.model.spec.noun} as filtered and sorted"
        prompt = PromptScreen(
            f"Snapshot of {what}: into which file?",
            default=default_name(self.model, everything=everything),
            check=doubt,
            confirmable=confirmable,
        )
        await self.push_screen(prompt, lambda answer: self._save(answer, panes, everything=everything))

    async def _save(self, answer: str | None, panes: list[SavedPane], *, everything: bool) -> None:
        if answer is None:
            self.tell_top("nothing saved")
            return
        path = path_of(answer)
        self.tell_top(f"saving {path}")
        self.run_worker(self._write(path, panes, everything=everything), group="save", exit_on_error=False)

    async def _write(self, path: Path, panes: list[SavedPane], *, everything: bool) -> None:
        try:
            await asyncio.to_thread(self.save, path, panes=panes)
        except OSError as error:
            self.tell_top(f"not saved: {path}: {error.strerror or error}", "bad")
        else:
            self.tell_top(f"saved {path}")
            if everything:
                self.model.memory.snapshots[self.model.backend.place] = str(path)
                self.model.save_memory()
