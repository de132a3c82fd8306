"""Versions, aliases, provisioned concurrency and the last 60 days in a function's detail."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from costtui.domain.functions.bill_records import Alias, FunctionVersions, ProvisionedSetting, QualifierUse, Version
from costtui.domain.functions.records import FunctionDays, UsageDay
from costtui.panes.day_plot import DayPlot
from costtui.panes.functions.detail import detail
from costtui.panes.spec import Detail, Section
from tests.unit.functions.function_inputs import MONTH, built, function, used

RESIZE = function()
LIVE = [Version("$LATEST", 256, 512, "x86_64"), *(Version(str(n), 256 if n < 12 else 512, 512, "x86_64") for n in range(1, 13))]


def shown(**more: object) -> Detail:
    data = built([RESIZE], usage=used(RESIZE, 30, 1_000_000, "145000000"), **more)  # type: ignore[arg-type]
    return detail(data.rows[0], data)


def section(found: Detail, title: str) -> Section:
    return next(one for one in found.sections if one.title == title)


def known(**more: object) -> Detail:
    return shown(function_versions=[FunctionVersions(RESIZE.arn, versions=LIVE, **more)])  # type: ignore[arg-type]


def test_nobody_asked_is_said_and_so_is_a_refusal() -> None:
    assert "were not asked for" in section(shown(), "Versions").lines[0].cells[0]
    refused = shown(function_versions=[FunctionVersions(RESIZE.arn, reason="lambda:ListVersionsByFunction is denied")])
    assert section(refused, "Versions").lines[0].cells[0] == "lambda:ListVersionsByFunction is denied"


def test_the_newest_versions_with_what_points_at_them() -> None:
    aliases = [Alias("live", "11", {"12": 0.1}), Alias("old", "3")]
    uses = [QualifierUse("live", 5_000, Decimal(50_000)), QualifierUse("12", 700, Decimal(1400))]
    found = known(aliases=aliases, uses=uses)
    versions = section(found, "Versions")
    assert [line.cells[0] for line in versions.lines] == ["$LATEST", "12", "11", "10", "9", "8", "7", "6"]
    assert versions.note == "5 older versions are not shown"
    assert versions.lines[1].cells[1] == "512"
    assert versions.lines[1].cells[5:] == ("700", "alias live, not the 256 MB of the function")
    alias = section(found, "Aliases")
    assert [line.cells for line in alias.lines] == [("live", "11 90%, 12 10%", "5,000", "10.0"), ("old", "3", "?", "?")]


def test_provisioned_concurrency_is_billed_while_it_is_configured() -> None:
    setting = ProvisionedSetting("live", 10, 9, "READY", datetime(2026, 11, 1, tzinfo=UTC))
    found = known(aliases=[Alias("live", "12")], provisioned=[setting], provisioned_calls=900_000)
    part = section(found, "Provisioned concurrency")
    assert part.lines[0].cells == ("live", "10", "9", "READY", "2026-11-01 00:00 UTC")
    assert part.note.endswith("it served 900,000 calls of the window")
    line = next(line for line in section(found, "Bill").lines if line.cells[0] == "Provisioned")
    assert line.cells[4].startswith("live: 10 × 512 MB")


def test_sixty_days_where_they_were_asked_for_and_the_window_otherwise() -> None:
    asked = MONTH.end
    since = asked - timedelta(60)
    days = [UsageDay(RESIZE.arn, since + timedelta(n), 10 * n, Decimal(1450 * n)) for n in range(1, 61) if n != 30]
    found = shown(function_history=[FunctionDays(RESIZE.arn, since, asked, days)])
    part = section(found, "Days, newest first")
    assert len(part.lines) == 61
    assert part.lines[0].cells[:3] == (str(asked), "600", "145.00")
    assert part.lines[30].cells[:2] == (str(since + timedelta(30)), "no data")
    (plot,) = next(one.plots for one in found.sections if not one.title)
    assert isinstance(plot, DayPlot)
    assert (plot.days[0], plot.days[-1], plot.open) == (since + timedelta(1), asked, frozenset({asked}))
    month = section(shown(), "Days, newest first")
    assert [month.lines[0].cells[0], month.lines[-1].cells[0]] == [str(date(2026, 11, 19)), str(MONTH.start)]
    assert "its last 60 can be asked for" in month.note


def test_a_single_day_is_no_plot() -> None:
    data = built([RESIZE], usage=used(RESIZE, 1, 10, "100"))
    assert all(one.title for one in detail(data.rows[0], data).sections)
