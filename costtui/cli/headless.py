"""Asking for panes without a screen: the same backend and fetcher as the explorer's, waited for."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from costtui.cli.errors import CliError
from costtui.domain.loaded import PaidCalls, PaneData
from costtui.domain.period import Window
from costtui.domain.problems import Problem
from costtui.panes.spec import PaneSpec
from costtui.service.live import LiveBackend, Run
from costtui.service.messages import Event, Finished, Lost, Prompt


@dataclass
class Fetched:
    """Every asked pane, and what asking has cost."""

    panes: list[PaneData[Any, Any]] = field(default_factory=list)
    paid: PaidCalls = field(default_factory=PaidCalls)
    problems: list[Problem] = field(default_factory=list)


def fetch(run: Run, specs: Sequence[PaneSpec[Any, Any]], *windows: Window, refresh: bool = False, needed: bool = True) -> Fetched:
    """The panes for each window, fresh where they can be. Raises CliError when they are `needed` and none has an answer."""
    fetched = asyncio.run(_fetch(run, specs, windows, refresh))
    silent = [data for data in fetched.panes if not data.has_answer]
    if needed and silent and not any(source.as_of for data in fetched.panes for source in data.sources if source.makes_rows):
        raise _no_answer(silent[0])
    return fetched


async def _fetch(run: Run, specs: Sequence[PaneSpec[Any, Any]], windows: Sequence[Window], refresh: bool) -> Fetched:
    backend = LiveBackend(run, drafts=False)
    events: asyncio.Queue[Event] = asyncio.Queue()
    backend.listen(events.put_nowait)
    fetched = Fetched()
    try:
        for window, spec in product(windows, specs):
            backend.want(spec.id, window, refresh=refresh, paid=refresh)
            answer = await finished(backend, events, spec.id)
            fetched.paid = fetched.paid + answer.paid
            fetched.problems.extend(answer.problems)
            fetched.panes.append(_stored(backend.stored(spec, window), answer, spec))
    finally:
        await backend.close()
    return fetched


async def finished(backend: LiveBackend, events: "asyncio.Queue[Event]", pane: str) -> Finished:
    """The answer to the one want that is under way. Raises CliError where it cannot come."""
    while True:
        match await events.get():
            case Finished() as answer if answer.pane == pane:
                return answer
            case Lost(reason):
                raise CliError(f"the fetcher stopped: {reason}", "try again, with --log-file for the whole story")
            case Prompt(number, question, _):
                backend.answer(number, None)
                raise CliError(f"a sign-in asks: {question}", "sign in first (aws sso login or aws sts), or use the explorer")


def _stored(data: PaneData[Any, Any] | None, finished: Finished, spec: PaneSpec[Any, Any]) -> PaneData[Any, Any]:
    if data is None:
        of_store = [problem for problem in finished.problems if problem.source == "store"]
        reason = (of_store or finished.problems)[0].sentence if finished.problems else "the store could not be written"
        raise CliError(f"{spec.id}: {reason}", "name a folder that can be written with --cache-dir" if of_store else "")
    return data


def _no_answer(data: PaneData[Any, Any]) -> CliError:
    failed = [source for source in data.sources if source.state == "failed" and source.makes_rows]
    return CliError(f"{data.pane}: {failed[0].name}: {failed[0].detail}")
