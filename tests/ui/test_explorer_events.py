"""What the fetcher says reaches the screen, and never moves the cursor."""

from decimal import Decimal
from typing import Any

from textual.pilot import Pilot

from costtui.domain.loaded import PaidCalls, SourceState
from costtui.domain.period import resolve
from costtui.domain.problems import Problem
from costtui.service.messages import Event, Finished, Lost, Paid, Progress, Prompt, Updated
from tests.ui.fakes import (
    CHINESE,
    DENIED,
    HOSTILE,
    NOW,
    WINDOW,
    FakeBackend,
    Job,
    cursor_of,
    explorer,
    jobs,
    lines_of,
    some_changes,
    some_jobs,
    state_of,
    text_of,
)
from tests.ui.fakes import changes as changes_data

SIZE = (80, 24)


async def hear(pilot: Pilot[None], backend: FakeBackend, *events: Event) -> None:
    for event in events:
        backend.hear(event)
    await pilot.pause()


async def test_stored_rows_come_first_and_then_the_fetcher_is_asked() -> None:
    backend = FakeBackend([jobs(some_jobs())])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        assert "checkout-authorize" in text_of(app)
        await pilot.pause()
        assert backend.wanted == [("jobs", WINDOW, False)]
        assert "fetching …" in state_of(app)


async def test_newer_rows_leave_the_cursor_sort_and_filter() -> None:
    backend = FakeBackend([jobs(some_jobs())])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("slash", *"cost>5", "enter", "j", "j")
        assert cursor_of(app).startswith("▌report-nightly")
        backend.put(jobs([Job("new", "new-and-dear", cost=Decimal(9000)), *some_jobs()]))
        await hear(pilot, backend, Updated("jobs", WINDOW))
        assert "new-and-dear" in lines_of(app)[3]
        assert cursor_of(app).startswith("▌report-nightly")
        assert "/cost>5   16/61" in state_of(app)


async def test_an_untouched_cursor_stays_on_its_stored_row() -> None:
    backend = FakeBackend([jobs(some_jobs())])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        backend.put(jobs([Job("new", "new-and-dear", cost=Decimal(9000)), *some_jobs()]))
        await hear(pilot, backend, Updated("jobs", WINDOW))
        assert cursor_of(app).startswith("▌checkout-authorize")


async def test_an_untouched_cursor_waits_at_the_top_while_the_first_rows_arrive() -> None:
    backend = FakeBackend()
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        backend.put(jobs(some_jobs()[10:]))
        await hear(pilot, backend, Updated("jobs", WINDOW))
        backend.put(jobs(some_jobs()))
        await hear(pilot, backend, Updated("jobs", WINDOW))
        await pilot.pause(1.1)
        assert cursor_of(app).startswith("▌checkout-authorize")
        assert app.pane_screen.table.top == 0


async def test_many_updates_are_read_once_a_second() -> None:
    backend = FakeBackend([jobs(some_jobs())])
    reads = 0
    stored = backend.stored

    def counted(*arguments: Any, **options: Any) -> Any:
        nonlocal reads
        reads += 1
        return stored(*arguments, **options)

    backend.stored = counted  # type: ignore[method-assign]
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        reads = 0
        await hear(pilot, backend, *[Updated("jobs", WINDOW)] * 50)
        assert reads == 1
        backend.put(jobs(some_jobs(10)))
        await pilot.pause(1.2)
        assert reads == 2
        assert " 10 jobs" in lines_of(app)[-2]


async def test_the_end_of_a_fetch_does_not_wait_for_its_second() -> None:
    backend = FakeBackend()
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        backend.put(jobs([]))
        await hear(pilot, backend, Updated("jobs", WINDOW))
        backend.put(jobs(some_jobs()))
        await hear(pilot, backend, Updated("jobs", WINDOW), Finished("jobs", WINDOW, []))
        assert "checkout-authorize" in text_of(app)


async def test_a_long_table_paints_its_head_first_and_then_all() -> None:
    app = explorer(FakeBackend([jobs(some_jobs(3000))]))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert len(app.model.view.rows) == 3000
        await pilot.press("G")
        assert cursor_of(app).startswith("▌geo-lookup")


async def test_another_window_or_pane_leaves_the_table_alone() -> None:
    backend = FakeBackend([jobs(some_jobs())])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        before = lines_of(app)
        await hear(pilot, backend, Updated("jobs", resolve("7d", NOW)))
        assert lines_of(app) == before
        backend.put(changes_data(some_changes()))
        await hear(pilot, backend, Updated("changes", WINDOW))
        assert "2 Changes 3 real" in lines_of(app)[1]
        assert lines_of(app)[2:] == before[2:]


async def test_progress_and_its_end() -> None:
    backend = FakeBackend([jobs(some_jobs())])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await hear(pilot, backend, Progress("jobs", WINDOW, "cloudwatch", 1200, 2400))
        assert "fetching cloudwatch 1,200 of 2,400" in state_of(app)
        await hear(pilot, backend, Finished("jobs", WINDOW, [DENIED]))
        assert "lambda 2 m · cloudwatch 3 m" in state_of(app)
        assert "! 1 problem" in state_of(app)


async def test_progress_is_said_once_a_second() -> None:
    backend = FakeBackend([jobs(some_jobs())])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await hear(pilot, backend, *(Progress("jobs", WINDOW, "lambda", done, 0) for done in range(1, 100)))
        assert "fetching lambda 1 " in state_of(app)


async def test_problems_say_what_where_and_what_to_do() -> None:
    backend = FakeBackend([jobs(some_jobs(), sources=[SourceState("lambda", "partial", NOW), SourceState("bill", "not-configured")])])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        note = Problem("warning", "cloudwatch", "clock is 40 s off", "set the clock")
        await hear(pilot, backend, Finished("jobs", WINDOW, [DENIED, note, DENIED]))
        assert "! 1 problem" in state_of(app)
        assert "bill" not in state_of(app)
        await pilot.press("!")
        text = text_of(app)
        assert "denied  lambda, stage, eu-west-1  in Jobs" in text
        assert "ListFunctions is not allowed" in text
        assert "→ attach the policy that `costtui policy` prints" in text
        assert text.count("ListFunctions") == 1
        assert "warning  cloudwatch" in text
        assert "partial" in text
        await pilot.press("escape")
        assert app.screen is app.pane_screen


async def test_notes_alone_are_no_problems() -> None:
    note = Problem("warning", "cloudwatch", "clock is 40 s off", "set the clock")
    app = explorer(FakeBackend([jobs(some_jobs(), problems=[note])]))
    async with app.run_test(size=SIZE):
        assert "! 1 note" in state_of(app)


async def test_paid_calls_show_in_the_title() -> None:
    backend = FakeBackend([jobs(some_jobs())])
    app = explorer(backend)
    async with app.run_test(size=(120, 24)) as pilot:
        await pilot.pause()
        assert lines_of(app)[0].rstrip().endswith("paid today $0.03 of $0.50")
        await hear(pilot, backend, Paid(PaidCalls(9, Decimal("0.09"))))
        assert lines_of(app)[0].rstrip().endswith("paid today $0.09 of $0.50")


async def test_a_lost_fetcher_keeps_the_rows_and_can_be_started_again() -> None:
    backend = FakeBackend([jobs(some_jobs())])
    app = explorer(backend)
    async with app.run_test(size=(100, 24)) as pilot:
        await pilot.press("j")
        rows = lines_of(app)[2:-2]
        await hear(pilot, backend, Progress("jobs", WINDOW, "lambda", 1, 2), Lost("killed by signal 9"))
        assert state_of(app).startswith(" fetcher stopped: killed by signal 9: press r to start it again")
        assert lines_of(app)[2:-2] == rows
        await pilot.press("!")
        assert "fetcher stopped" in text_of(app)
        await pilot.press("escape", "r")
        assert backend.wanted[-1] == ("jobs", WINDOW, True)
        assert "fetcher stopped" not in text_of(app)
        await hear(pilot, backend, Finished("jobs", WINDOW, []))
        assert "problem" not in state_of(app)


async def test_a_prompt_is_answered() -> None:
    backend = FakeBackend([jobs(some_jobs())])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await hear(pilot, backend, Prompt(7, "MFA code for prod:", secret=True))
        assert "MFA code for prod:" in text_of(app)
        await pilot.press("enter")
        assert "type an answer" in text_of(app)
        await pilot.press(*"123q", "enter")
        assert backend.answers == [(7, "123q")]
        assert app.screen is app.pane_screen


async def test_a_prompt_can_be_left() -> None:
    backend = FakeBackend([jobs(some_jobs())])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await hear(pilot, backend, Prompt(7, "first?", secret=False), Prompt(8, "second?", secret=False))
        await pilot.press("escape", *"yes", "enter")
        assert backend.answers == [(8, None), (7, "yes")]


async def test_an_open_detail_follows_its_row_and_keeps_its_cursor() -> None:
    backend = FakeBackend([jobs(some_jobs())])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter", "j", "j", "j", "j")
        assert cursor_of(app).startswith("▌cost     505.97")
        dearer = [Job("arn:1", "checkout-authorize", cost=Decimal("600.01")), *some_jobs()[1:]]
        backend.put(jobs(dearer))
        await hear(pilot, backend, Updated("jobs", WINDOW))
        assert cursor_of(app).startswith("▌cost     600.01")
        backend.put(jobs(some_jobs()[1:]))
        await pilot.pause(1.0)
        await hear(pilot, backend, Updated("jobs", WINDOW))
        await pilot.pause(1.1)
        assert "not in the newest data any more" in state_of(app)
        await pilot.press("escape")
        assert "505.97" not in text_of(app)


async def test_details_open_on_top_of_each_other() -> None:
    app = explorer(FakeBackend([jobs(some_jobs())]))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "enter")
        assert lines_of(app)[0].startswith(" Jobs › thumbnail-render")
        await pilot.press("enter")
        assert "nothing lies behind this line" in state_of(app)
        await pilot.press("G")
        assert cursor_of(app).startswith("▌  step 30  xxxxxxxx  4,110 ›")
        assert "Enter opens ›" in state_of(app)
        await pilot.press("enter")
        assert lines_of(app)[0].startswith(" Jobs › thumbnail-render › step 30")
        await pilot.press("escape")
        assert cursor_of(app).startswith("▌  step 30")
        await pilot.press("escape")
        assert cursor_of(app).startswith("▌thumbnail-render")
        await pilot.press("enter", "2")
        assert "▸2 Changes" in lines_of(app)[1]


async def test_hostile_and_wide_names_are_literal_and_aligned() -> None:
    app = explorer(FakeBackend([jobs(some_jobs())]))
    async with app.run_test(size=SIZE) as pilot:
        rows = lines_of(app)[3:9]
        assert "[bold]x[/] ␛[31m" in rows[3]
        assert CHINESE in rows[4]
        assert rows[3].index("stage") == rows[0].index("prod")
        assert rows[4].index("stage") + len(CHINESE) == rows[0].index("prod")
        await pilot.press("j", "j", "j", "enter")
        assert lines_of(app)[0].startswith(" Jobs › [bold]x[/] ␛[31m")
        assert HOSTILE not in text_of(app)
        await pilot.press("escape", "slash", *"[bold]", "enter")
        assert "/[bold]   1/60" in state_of(app)


async def test_the_mouse_selects_opens_sorts_and_scrolls() -> None:
    app = explorer(FakeBackend([jobs(some_jobs())]))
    async with app.run_test(size=SIZE) as pilot:
        table = app.pane_screen.table
        await pilot.click(table, offset=(5, 3))
        assert cursor_of(app).startswith("▌report-nightly")
        await pilot.click(table, offset=(2, 0))
        assert "Job▲" in lines_of(app)[2]
        await pilot.click(table, offset=(2, 0))
        assert "Job▼" in lines_of(app)[2]
        await pilot.press("home")
        table.on_mouse_scroll_down()
        assert table.top == 3
        assert table.cursor == 0
        table.on_mouse_scroll_up()
        assert table.top == 0
        await pilot.click("#title")
        await pilot.press("j")
        assert table.cursor == 1
        await pilot.double_click(table, offset=(5, 2))
        assert " Jobs › " in lines_of(app)[0]
