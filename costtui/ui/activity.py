"""What the fetcher has said so far: what runs, what went wrong, what it cost."""

from costtui.domain.loaded import PaidCalls
from costtui.domain.period import Window
from costtui.domain.problems import Problem
from costtui.service.messages import Event, Finished, Lost, Paid, Progress

Asked = tuple[str, Window]
"""A pane's id and the window that it was asked for."""


class Activity:
    """Takes every event and can be asked at any time."""

    def __init__(self, paid: PaidCalls) -> None:
        self.paid = paid
        self.lost = ""
        """Why the fetcher stopped; empty while it runs, or was never needed."""
        self._running: dict[Asked, str] = {}
        self._asked: set[str] = set()
        """Panes for which a question on a key runs."""
        self._problems: dict[Asked, list[Problem]] = {}

    def asked(self, pane: str, window: Window) -> None:
        self.lost = ""
        self._running.setdefault((pane, window), "")

    def was_asked(self, pane: str) -> bool:
        """Whether a question that the user put on a key runs for the pane."""
        return pane in self._asked

    def asked_on_a_key(self, pane: str, window: Window) -> None:
        self.asked(pane, window)
        self._asked.add(pane)

    def hear(self, event: Event) -> None:
        if isinstance(event, Progress):
            amount = f" {event.done:,} of {event.total:,}" if event.total else f" {event.done:,}" if event.done else ""
            self._running[event.pane, event.window] = event.doing + amount
        elif isinstance(event, Finished):
            self._running.pop((event.pane, event.window), None)
            self._asked.discard(event.pane)
            self._problems[event.pane, event.window] = event.problems
        elif isinstance(event, Paid):
            self.paid = event.today
        elif isinstance(event, Lost):
            self.lost = event.reason
            self._running.clear()
            self._asked.clear()

    def is_fetching(self, pane: str, window: Window) -> bool:
        return (pane, window) in self._running

    def is_finished(self, pane: str, window: Window) -> bool:
        return (pane, window) in self._problems and (pane, window) not in self._running

    def progress(self, pane: str, window: Window) -> str:
        """What is being done, for the state line; empty when nothing is."""
        if (pane, window) not in self._running:
            return ""
        doing = self._running[pane, window]
        return f"fetching {doing}" if doing else "fetching …"

    def problems(self, pane: str, window: Window) -> list[Problem]:
        """What the last answer for this pane and window complained of."""
        return self._problems.get((pane, window), [])
