"""An empty table says why it is empty; a terminal without room or colours stays readable."""

import subprocess
import sys
import time
from datetime import timedelta
from decimal import Decimal

import pytest

from costtui.domain.loaded import PaidCalls, PaneData, SourceState
from costtui.domain.period import resolve
from costtui.service.messages import Finished, Lost
from costtui.ui.said import paid_words, period_words
from tests.ui.fakes import (
    DENIED,
    NOW,
    WINDOW,
    FakeBackend,
    Job,
    Sum,
    changes,
    cursor_of,
    explorer,
    jobs,
    lines_of,
    some_changes,
    some_jobs,
    state_of,
    text_of,
)

SIZE = (100, 24)


def empty(*sources: SourceState) -> PaneData[Job, Sum]:
    return jobs([], sources=list(sources))


async def test_loading() -> None:
    app = explorer(FakeBackend())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "Reading jobs for ‹ 30 days to 19 Nov ›: rows appear as they arrive" in text_of(app)
        assert "Tab goes to the next pane meanwhile" in text_of(app)


@pytest.mark.parametrize(
    ("data", "sentence", "key"),
    [
        (empty(SourceState("lambda", "fresh", NOW)), "No jobs found in ‹ 30 days to 19 Nov ›", "p chooses another period"),
        (
            empty(SourceState("bill", "not-configured", detail="set customers.tag in config.toml")),
            "Jobs is not configured: set customers.tag in config.toml",
            "Tab goes to the next pane",
        ),
        (
            empty(SourceState("lambda", "failed", detail="throttled"), SourceState("bill", "not-configured")),
            "No jobs could be read: lambda: throttled",
            "r tries again",
        ),
        (
            jobs([], sources=[SourceState("lambda", "failed")], problems=[DENIED]),
            "No jobs could be read: ListFunctions is not allowed",
            "attach the policy that `costtui policy` prints: ! says more",
        ),
    ],
)
async def test_an_empty_answer_says_which_kind_it_is(data: PaneData[Job, Sum], sentence: str, key: str) -> None:
    backend = FakeBackend([data])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        backend.hear(Finished("jobs", WINDOW, []))
        await pilot.pause()
        assert sentence in text_of(app)
        assert key in text_of(app)
        assert state_of(app).count("not-configured") == 0


async def test_nothing_stored_and_the_fetcher_gone() -> None:
    backend = FakeBackend()
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        backend.hear(Lost("killed by signal 9"))
        await pilot.pause()
        assert "and the fetcher stopped: killed by signal 9" in text_of(app)
        assert "r starts it again" in text_of(app)


async def test_nothing_stored_and_offline() -> None:
    app = explorer(FakeBackend(offline=True))
    async with app.run_test(size=SIZE):
        assert "Nothing is stored for ‹ 30 days to 19 Nov ›, and the network is off" in text_of(app)


async def test_a_failure_without_any_answer() -> None:
    backend = FakeBackend()
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        backend.hear(Finished("jobs", WINDOW, [DENIED]))
        await pilot.pause()
        assert "No jobs could be read: ListFunctions is not allowed" in text_of(app)


async def test_a_filter_that_finds_nothing() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("slash", *"zzz", "enter")
        assert "None of 60 jobs match /zzz" in text_of(app)
        await pilot.press("enter", "j", "G", "R", ">")
        assert app.screen is app.pane_screen
        await pilot.press("escape")
        assert "checkout-authorize" in text_of(app)


async def test_everything_is_explained() -> None:
    app = explorer(FakeBackend([changes([change for change in some_changes() if change.explained])]))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("2")
        assert "All 4 changes are hidden as explained" in text_of(app)
        assert "n shows them" in text_of(app)


async def test_ages_and_states_of_sources() -> None:
    sources = [
        SourceState("lambda", "stale", NOW - timedelta(hours=6)),
        SourceState("cloudwatch", "partial", NOW - timedelta(minutes=2)),
        SourceState("bill", "not-configured"),
    ]
    backend = FakeBackend([jobs(some_jobs(), sources=sources)])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        backend.hear(Finished("jobs", WINDOW, []))
        await pilot.pause()
        assert "lambda 6 h stale · cloudwatch 2 m partial" in state_of(app)
        assert "bill" not in state_of(app)


@pytest.mark.parametrize("size", [(59, 24), (80, 9)])
async def test_a_terminal_without_room_says_one_sentence(size: tuple[int, int]) -> None:
    app = explorer()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert [line.strip() for line in lines_of(app)] == ["costtui needs 60×10 cells: enlarge the terminal"]
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "checkout-authorize" in text_of(app)


@pytest.mark.parametrize("width", [60, 80, 97, 120, 200])
async def test_every_line_fits(width: int) -> None:
    app = explorer()
    async with app.run_test(size=(width, 24)) as pilot:
        for keys in ((), ("j",), ("w",), ("right",), ("w", "enter"), ("escape", "?"), ("escape", "!")):
            await pilot.press(*keys)
            await pilot.pause()
            assert len(lines_of(app)) == 24
            assert {app.screen.query_one("#state").size.width} == {width}


async def test_the_header_says_utc_at_every_width() -> None:
    for width in (60, 80, 100, 120, 200):
        app = explorer()
        async with app.run_test(size=(width, 24)):
            title = lines_of(app)[0]
            assert "UTC" in title
            assert "30 days to 19 Nov" in title
            assert "$0.03" in title


async def test_state_is_readable_without_colours() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("2", "j")
        assert lines_of(app)[1].startswith(" 0 Overview  1 Jobs")
        assert "▸2 Changes" in lines_of(app)[1]
        assert cursor_of(app).startswith("▌high")
        assert "critical" in text_of(app)


def test_periods_in_words() -> None:
    assert [period_words(period, resolve(period, NOW), NOW) for period in ("30d", "7d", "1d", "mtd", "last-month", "2025-12")] == [
        "30 days to 19 Nov",
        "7 days to 19 Nov",
        "1 day to 19 Nov",
        "month to 20 Nov",
        "Oct 2026",
        "Dec 2025",
    ]
    new_year = NOW.replace(month=1, day=1, year=2027)
    assert period_words("7d", resolve("7d", new_year), new_year) == "7 days to 31 Dec 2026"


def test_paid_in_words() -> None:
    assert paid_words(PaidCalls(), None) == "paid today $0.00, no budget"
    assert paid_words(PaidCalls(1, Decimal("0.0001")), Decimal("0.5")) == "paid today <$0.01 of $0.50"
    assert paid_words(PaidCalls(1, Decimal("1234.5")), Decimal("2000")) == "paid today $1,234.50 of $2,000.00"


async def test_quitting_does_not_wait_for_a_fetcher_that_hangs() -> None:
    import asyncio

    class Hanging(FakeBackend):
        async def close(self) -> None:
            await asyncio.sleep(60)

    app = explorer(Hanging([jobs(some_jobs())]))
    async with app.run_test(size=SIZE) as pilot:
        start = time.monotonic()
        await pilot.press("q")
    assert time.monotonic() - start < 2


def test_the_first_frame_imports_only_what_it_needs() -> None:
    code = (
        "import sys; import costtui.ui.app; "
        "print([name for name in ('boto3', 'botocore', 'httpx', 'duckdb', 'diskcache', "
        "'textual.widgets._data_table', 'textual.widgets._footer', 'textual.widgets._header') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
