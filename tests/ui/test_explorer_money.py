"""What costs money is priced first, asked for with a typed yes, counted, and stopped on a key."""

from dataclasses import replace
from decimal import Decimal

import pytest
from textual.pilot import Pilot

from costtui.domain.asking import Ask, Price
from costtui.domain.loaded import PaidCalls
from costtui.domain.problems import Problem
from costtui.panes.spec import Action, PaneSpec
from costtui.service.messages import Estimated, Finished, Paid, Want
from tests.ui.fakes import (
    CHANGES,
    JOBS,
    WINDOW,
    FakeBackend,
    Job,
    changes,
    explorer,
    jobs,
    lines_of,
    some_changes,
    some_jobs,
    state_of,
    text_of,
)

SIZE = (100, 30)
LOOK: Action[Job] = Action(
    "look", "look closer", "closer", lambda job: job.id if job.account == "prod" else None, "only prod can be asked about"
)
COUNT: Action[Job] = Action("count", "count again", "counts", lambda job: job.id, "nothing to count")
BILL = Price("bill", 3, Decimal("0.03"), 40, "the bill of 30 days, 3 pages")
WAITS = Problem("needs-consent", "bill", "the bill costs about $0.03, and no budget is set", "allow it")


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


def panes(*actions: Action[Job], on_screen: tuple[Action[Job], ...] = ()) -> tuple[PaneSpec[object, object], ...]:
    return replace(JOBS, actions=actions, on_screen=on_screen), CHANGES  # type: ignore[return-value]


def filled(budget: Decimal | None = Decimal("0.50")) -> FakeBackend:
    return FakeBackend([jobs(some_jobs()), changes(some_changes())], budget=budget)


async def tell(
    pilot: Pilot[None], backend: FakeBackend, *prices: Price, asks: tuple[Ask, ...] = (), problems: tuple[Problem, ...] = ()
) -> None:
    """The fetcher answers the last question for a price."""
    pane, paid, asked = backend.estimated[-1]
    assert asked == asks
    backend.hear(Estimated(Want(pane, WINDOW, paid=paid, asks=asked), list(prices), list(problems)))
    await pilot.pause()


async def test_a_paid_refresh_needs_a_typed_yes() -> None:
    backend = filled()
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "$")
        assert backend.estimated == [("jobs", True, ())]
        await tell(pilot, backend, BILL)
        text = text_of(app)
        assert "the bill of 30 days, 3 pages" in text
        assert "3 calls, about $0.03, 40 s; $0.47 of today's $0.50 is left" in text
        await press(pilot, "enter")
        assert "nothing is asked without a yes" in text_of(app)
        await press(pilot, *"y", "enter")
        assert backend.asked == []
        await press(pilot, *"es", "enter")
        assert backend.asked == [(True, ())]
        assert backend.wanted[-1] == ("jobs", WINDOW, True)
        assert "fetching what costs money: Esc stops" in state_of(app)
        backend.hear(Paid(PaidCalls(4, Decimal("0.04"))))
        await pilot.pause()
        assert "paid today $0.04 of $0.50" in lines_of(app)[0]
        backend.hear(Finished("jobs", WINDOW, [], PaidCalls(1, Decimal("0.01"))))
        await pilot.pause()
        assert "done: 1 paid call, about $0.01" in state_of(app)


async def test_esc_leaves_a_price_and_stops_what_was_asked() -> None:
    backend = filled()
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "$")
        await tell(pilot, backend, BILL)
        await press(pilot, "escape")
        assert backend.asked == []
        assert "nothing is paid for: $ asks again" in state_of(app)
        await press(pilot, "$")
        await tell(pilot, backend, BILL)
        await press(pilot, *"yes", "enter", "slash", *"work", "enter")
        await press(pilot, "escape")
        assert backend.cancelled == ["jobs"]
        assert app.model.view.expression == "work"
        backend.hear(Finished("jobs", WINDOW, [Problem("stopped", "bill", "stopped on your key", "ask again")]))
        await pilot.pause()
        assert "stopped on your key: nothing was paid" in state_of(app)
        await press(pilot, "escape")
        assert app.model.view.expression == ""


async def test_more_than_is_left_is_refused() -> None:
    backend = filled(Decimal("0.04"))
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "$")
        await tell(pilot, backend, BILL)
        await press(pilot, *"yes", "enter")
        assert "more than is left of today's budget" in text_of(app)
        assert backend.asked == []


async def test_nothing_that_costs_is_said() -> None:
    backend = filled()
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "$")
        await tell(pilot, backend)
        assert state_of(app).startswith(" nothing here costs money: r refreshes it")
        await press(pilot, "$")
        await tell(pilot, backend, problems=(Problem("denied", "bill", "GetTags is not allowed", "attach it"),))
        assert state_of(app).startswith(" the price is not known: GetTags is not allowed")


@pytest.mark.parametrize(("typed", "agreed"), [("yes", Decimal("0.50")), ("0.20", Decimal("0.20")), ("$1", Decimal(1))])
async def test_consent_is_asked_on_first_use_and_given_on_a_key(typed: str, agreed: Decimal) -> None:
    backend = filled(None)
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        backend.hear(Finished("jobs", WINDOW, [WAITS]))
        await pilot.pause()
        assert "$ not read yet" in state_of(app)
        assert backend.estimated == [("jobs", False, ())]
        await tell(pilot, backend, BILL)
        assert state_of(app).startswith(" read on for about $0.03, up to $0.50 a day? $ answers: the bill")
        assert app.screen is app.pane_screen
        await press(pilot, "$")
        await tell(pilot, backend, BILL)
        assert "type yes for up to $0.50 a UTC day, or another amount" in text_of(app)
        await press(pilot, *typed, "enter")
        assert backend.budget == agreed
        assert backend.asked == [(True, ())]


async def test_a_no_is_remembered_and_the_key_asks_again() -> None:
    backend = filled(None)
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "$")
        await tell(pilot, backend, BILL)
        await press(pilot, "escape")
        assert backend.memory.declined
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        backend.hear(Finished("jobs", WINDOW, [WAITS]))
        await pilot.pause()
        assert len(backend.estimated) == 1
        await press(pilot, "$")
        assert len(backend.estimated) == 2


async def test_a_question_about_rows_says_its_price_first() -> None:
    backend = filled()
    app = explorer(backend, panes=panes(LOOK))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "a")
        asks = (Ask("closer", ("arn:1",)),)
        await tell(pilot, backend, Price("scan", 1, Decimal("0.10"), 10, "20 GB of logs"), asks=asks)
        assert "Look closer, for 1?" in text_of(app)
        await press(pilot, *"yes", "enter")
        assert backend.asked == [(False, asks)]
        await press(pilot, "escape")
        assert backend.cancelled == ["jobs"]


@pytest.mark.parametrize(
    ("keys", "subjects"),
    [
        ((), 1),
        (("space", "space", "space"), 3),
        (("slash", *"nightly", "enter"), 1),
        (("slash", *"work", "enter"), 54),
        (("slash", *"work", "enter", "space", "escape"), 1),
    ],
)
async def test_marks_come_before_the_filter_and_that_before_the_cursor(keys: tuple[str, ...], subjects: int) -> None:
    backend = filled()
    app = explorer(backend, panes=panes(LOOK))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        backend.hear(Finished("jobs", WINDOW, []))
        await press(pilot, *keys, "a")
        assert len(backend.estimated[-1][2][0].subjects) == subjects


async def test_a_free_question_asks_with_enter_and_several_are_chosen_from() -> None:
    backend = filled()
    app = explorer(backend, panes=panes(LOOK, COUNT))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "a")
        assert "look closer   one question" in text_of(app)
        assert "Cost and time are said before" in text_of(app)
        await press(pilot, "j", "enter")
        asks = (Ask("counts", ("arn:1",)),)
        await tell(pilot, backend, Price("counter", 5, Decimal(0), 30, "5 questions"), asks=asks)
        assert "5 calls, free, 30 s" in text_of(app)
        await press(pilot, "enter")
        assert backend.asked == [(False, asks)]


async def test_what_cannot_be_asked_says_why() -> None:
    backend = filled()
    app = explorer(backend, panes=panes(LOOK))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", *"stage", "enter", "a")
        assert "only prod can be asked about" in state_of(app)
        await press(pilot, "2", "a")
        assert "nothing more can be asked about changes" in state_of(app)
        assert backend.estimated == []


async def test_free_questions_are_asked_for_the_rows_on_the_screen_once_the_cursor_rests() -> None:
    backend = filled()
    app = explorer(backend, panes=panes(on_screen=(LOOK,)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        backend.hear(Finished("jobs", WINDOW, []))
        await press(pilot, "j")
        assert backend.asked == []
        await pilot.pause(0.9)
        ((_, (ask,)),) = backend.asked
        page = app.pane_screen.table.page
        assert ask == Ask("closer", tuple(job.id for job in app.model.view.visible[:page] if job.account == "prod"))
        backend.hear(Finished("jobs", WINDOW, []))
        await press(pilot, "j")
        await pilot.pause(0.9)
        assert len(backend.asked) == 1
