"""Versions, aliases and provisioned concurrency, over real boto3 and a real socket."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from costtui.domain.datasets import Batch
from costtui.domain.functions.bill_records import FunctionVersions
from costtui.domain.functions.records import Function
from costtui.domain.functions.versions import provisioned_in, snapshot_gb_seconds
from costtui.domain.period import Window
from costtui.domain.problems import Problem
from costtui.sources.demo import DEMO_NOW
from costtui.sources.demo.faults import CloudError, Denied, Throttled
from costtui.sources.port import Priced, Request
from tests.fakes.aws_account import Here
from tests.unit.functions.function_inputs import MONTH, built, used

pytestmark = pytest.mark.filterwarnings("ignore:.*does not match an error shape")  # a denial is in no service model
DAYS = MONTH.days
FLAGS, FANOUT, ROLLUP = "feature-flags", "webhook-fanout", "usage-rollup"


@pytest.fixture
def listed(here: Here) -> list[Function]:
    return here.records("functions")


def arn(name: str) -> str:
    return f"arn:aws:lambda:us-east-1:111122223333:function:{name}"


def ask(here: Here, listed: Sequence[Function], *names: str, **more: Any) -> list[Any]:
    source = here.sources["function-versions"]
    subjects = [arn(name) for name in names]
    return list(source.fetch(Request(source.scopes()[0], DEMO_NOW, DAYS, {"functions": listed}, subjects=subjects, **more)))


def versions(here: Here, listed: Sequence[Function], name: str) -> FunctionVersions:
    ((record,),) = [item.records for item in ask(here, listed, name) if isinstance(item, Batch)]
    assert isinstance(record, FunctionVersions)
    return record


def provisioned(here: Here, listed: Sequence[Function]) -> FunctionVersions:
    records: list[FunctionVersions] = here.records("function-provisioned", DAYS, functions=listed)
    (found,) = [record for record in records if record.provisioned]
    return found


def test_one_free_question_finds_every_function_with_provisioned_concurrency(here: Here, listed: list[Function]) -> None:
    found = provisioned(here, [function for function in listed if not function.snap_start])
    assert found.subject == arn(FLAGS)
    (setting,) = found.provisioned
    assert (setting.qualifier, setting.requested, setting.status) == ("live", 10, "READY")
    assert setting.since == datetime(2026, 8, 2, 6, 30, tzinfo=UTC)
    assert [version.number for version in found.versions] == ["$LATEST", "21", "22"]
    assert found.provisioned_calls == pytest.approx(38110220 * 0.93, rel=1e-6)
    assert here.meter.paid == 0
    assert sorted(here.wire[-5:]) == [
        "GetMetricStatistics",
        "ListAliases",
        "ListMetrics",
        "ListProvisionedConcurrencyConfigs",
        "ListVersionsByFunction",
    ]


def test_an_alias_of_another_size_brings_what_ran_through_it(here: Here, listed: list[Function]) -> None:
    found = versions(here, listed, FANOUT)
    assert [(alias.name, alias.version) for alias in found.aliases] == [("live", "31"), ("partners", "28")]
    assert [use.qualifier for use in found.uses] == ["partners"], "what runs at the function's own size needs no question"
    (use,) = found.uses
    function = next(one for one in listed if one.name == FANOUT)
    whole = Decimal(12_884_110) * 288
    assert abs(use.duration_ms / whole - Decimal("0.18")) < Decimal("0.0001")
    usage = used(function, 30, 12_884_110 // 30, str(whole / 30))
    row = built([function], usage=usage, function_versions=[found]).rows[0]
    assert row.extra is not None
    assert [(one.qualifier, one.memory_mb) for one in row.extra.elsewhere] == [("partners", 1024)]
    assert row.billed_gb_seconds == (whole - use.duration_ms) / 2000 + use.duration_ms / 1000


def test_what_is_provisioned_is_published_in_the_cost(here: Here, listed: list[Function]) -> None:
    found = provisioned(here, listed)
    function = next(one for one in listed if one.name == FLAGS)
    row = built([function], function_provisioned=[found]).rows[0]
    ready = 10 * Decimal("0.25") * 30 * 86_400 * Decimal("0.0000033334")
    assert row.cost.provisioned == row.cost.total == ready, "it is billed without a single call"
    busy = built([function], usage=used(function, 30, 1_000_000, "14000000"), function_provisioned=[found]).rows[0]
    assert busy.extra is not None
    assert busy.extra.served_ms == Decimal(30) * 14_000_000, "no more than all calls"
    assert busy.cost.provisioned == ready + Decimal(105_000) * Decimal("0.0000077778")
    assert busy.cost.duration == 0


def test_a_function_without_any_is_known_to_have_none(here: Here, listed: list[Function]) -> None:
    found = versions(here, listed, "thumbnail-render")
    assert (len(found.versions), found.aliases, found.provisioned, found.provisioned_calls) == (1, [], [], None)
    function = next(one for one in listed if one.name == "thumbnail-render")
    row = built([function], usage=used(function, 1, 1, "1"), function_versions=[found]).rows[0]
    assert row.cost.provisioned == 0


def test_what_snapstart_costs_is_known_without_a_look_at_it(here: Here, listed: list[Function]) -> None:
    records = {one.subject: one for one in here.records("function-provisioned", DAYS, functions=listed)}
    assert records.keys() == {arn(FLAGS), arn(ROLLUP)}
    function = next(one for one in listed if one.name == ROLLUP)
    row = built([function], usage=used(function, 1, 1, "1"), function_provisioned=[records[arn(ROLLUP)]]).rows[0]
    assert row.cost.total is not None
    assert row.cost.total > 20
    asked = built([function], usage=used(function, 1, 1, "1"), function_versions=[versions(here, listed, ROLLUP)]).rows[0]
    assert asked.cost == row.cost, "asking once more changes no sum"
    java = msgspec.structs.replace(function, runtime="java21")
    assert here.records("function-provisioned", DAYS, functions=[java]) == [], "whose snapshots are free is not asked for them"


def test_snapshots_are_charged_for_every_published_version(here: Here, listed: list[Function]) -> None:
    function = next(one for one in listed if one.name == ROLLUP)
    assert function.snap_start
    unknown = built([function], usage=used(function, 1, 1, "1")).rows[0]
    assert unknown.cost.other is None
    found = versions(here, listed, ROLLUP)
    assert snapshot_gb_seconds(found, MONTH, DEMO_NOW) == 3 * Decimal(1769) / 1024 * 30 * 86_400
    known = built([function], usage=used(function, 1, 1, "1"), function_versions=[found]).rows[0]
    assert known.cost.other is None, "restores are in no metric"
    assert known.cost.total is not None
    assert known.cost.total > 20


def test_a_setting_that_changed_inside_the_window_counts_from_then_on() -> None:
    from costtui.domain.functions.bill_records import ProvisionedSetting

    since = datetime(2026, 11, 19, 12, tzinfo=UTC)
    known = FunctionVersions("x", provisioned=[ProvisionedSetting("live", 3, 3, "READY", since)])
    (found,) = provisioned_in(known, MONTH, DEMO_NOW, 512)
    assert (found.count, found.memory_mb, found.seconds) == (3, 512, Decimal(43_200))
    assert provisioned_in(known, Window(date(2026, 11, 1), date(2026, 11, 10)), DEMO_NOW, 512) == ()
    open_month = Window(date(2026, 11, 1), date(2026, 12, 1))
    assert provisioned_in(known, open_month, since + timedelta(hours=1), 512)[0].seconds == 3_600, "never beyond now"


def test_only_what_is_asked_about_is_asked_and_its_price_is_said_first(here: Here, listed: list[Function]) -> None:
    source = here.sources["function-versions"]
    assert isinstance(source, Priced)
    request = Request(
        source.scopes()[0], DEMO_NOW, DAYS, {"functions": listed}, subjects=[arn(FLAGS), "arn:aws:lambda:eu-west-1:1:function:other"]
    )
    price = source.price(request)
    assert (price.calls, price.usd, price.seconds) == (3, Decimal(0), 1)
    assert "versions and aliases of 1 functions" in price.words
    before = len(here.wire)
    assert len(list(source.fetch(request))) == 1
    assert len(here.wire) == before + 4


def test_a_refusal_is_said_once_and_not_asked_for_again(here: Here, listed: list[Function]) -> None:
    here.world.faults["lambda", "ListVersionsByFunction"] = Denied()
    before = len(here.wire)
    items = ask(here, listed, FLAGS, FANOUT, ROLLUP)
    records = [record for item in items if isinstance(item, Batch) for record in item.records]
    assert [bool(record.reason) for record in records] == [True] * 3
    (problem,) = [item for item in items if isinstance(item, Problem)]
    assert (problem.kind, problem.action) == ("denied", "let the identity have lambda:ListVersionsByFunction")
    assert problem.what.startswith("versions of 3 functions are not known (feature-flags, usage-rollup, webhook-fanout)")
    assert len(here.wire) == before + 1
    row = built([listed[0]], usage=used(listed[0], 1, 1, "1"), function_versions=[FunctionVersions(listed[0].arn, reason="x")]).rows[0]
    assert row.cost.provisioned is None


def test_a_deleted_function_does_not_cost_the_others(here: Here, listed: list[Function]) -> None:
    def gone(params: dict[str, Any]) -> dict[str, Any]:
        if params["FunctionName"] == FANOUT:
            raise CloudError("ResourceNotFoundException", f"Function not found: {params['FunctionName']}", 404)
        return {"Aliases": []}

    here.say("lambda", "ListAliases", gone)
    records = [record for item in ask(here, listed, FLAGS, FANOUT) if isinstance(item, Batch) for record in item.records]
    assert {record.subject.rpartition(":")[2]: bool(record.reason) for record in records} == {FLAGS: False, FANOUT: True}


def test_a_stop_ends_the_questions(here: Here, listed: list[Function]) -> None:
    before = len(here.wire)
    assert ask(here, listed, FLAGS, FANOUT, cancelled=lambda: True) == []
    assert len(here.wire) == before


def test_throttling_is_retried(here: Here, listed: list[Function]) -> None:
    here.world.faults["lambda", "ListAliases"] = Throttled(1)
    assert not versions(here, listed, FLAGS).reason
