"""With billing files and no --period: the billing periods that they cover."""

import asyncio
import contextlib

from costtui.cli.headless import finished
from costtui.domain.loaded import PaidCalls
from costtui.domain.period import Window
from costtui.domain.problems import SourceError
from costtui.service.live import LiveBackend, Run
from costtui.service.messages import Event
from costtui.sources.billing_source import BillingFiles
from costtui.store import Store, own_window_key

PANE = "customers"


def billing_window(run: Run) -> tuple[Window, PaidCalls]:
    """It, and what asking for it has cost.

    Looked up where the files have not changed; else the fetcher reads them, and this process never does. Where they cannot be read
    it is the usual window, and the pane says what is wrong with them."""
    with contextlib.suppress(SourceError), contextlib.closing(Store(run.cache_dir)) as store:
        for scope in BillingFiles(run.settings).scopes():
            if known := store.get(own_window_key(run.connection.id, scope), Window):
                return known.value, PaidCalls()
    return asyncio.run(_asked(run))


async def _asked(run: Run) -> tuple[Window, PaidCalls]:
    backend = LiveBackend(run)
    events: asyncio.Queue[Event] = asyncio.Queue()
    backend.listen(events.put_nowait)
    try:
        backend.want(PANE, None)
        answer = await finished(backend, events, PANE)
        return answer.window, answer.paid
    finally:
        await backend.close()
