"""The same story on every machine, at every scale."""

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from costtui.sources.demo import DEMO_NOW, World
from costtui.sources.demo.answers.call import Call
from costtui.sources.demo.answers.table import answer
from costtui.sources.demo.files import terraform_plan
from costtui.sources.demo.http import transport
from tests.fakes.demo import PROD, STAGE

PLACES = [(account, region) for account in (PROD, STAGE) for region in ("us-east-1", "eu-west-1")]
TOLD = {
    "before": "87db86878d592d0498aaa32a06e0018e8c48f6037807ecc047bfc7fddafed403",
    "after": "6aaca17814c17c681ed4034c4fc76fcf01cfa9af09aa5bbf2cfe11451c12dea7",
}
"""Whoever changes the story pins it again; screenshots and documents are then made anew."""


def story(world: World) -> bytes:
    """Everything that the demo tells, as bytes."""
    charges = [
        (one.account, one.region, one.service, one.usage_type, one.record_type, one.customer, one.daily, one.amortized)
        for one in world.charges
    ]
    series = [
        (one.arn, one.memory_mb, world.series(one).calls, world.series(one).duration_ms, world.series(one).errors)
        for one in world.functions
    ]
    stacks = [answer(world, "cloudformation", "DescribeStacks", Call(account, region, {})) for account, region in PLACES]
    resources = [[stack.resources for stack in world.stacks_in(account, region).values()] for account, region in PLACES]
    with httpx.Client(transport=transport(world)) as http:
        usage = http.get(
            "http://prometheus.demo.invalid/api/v1/query",
            params={"query": "sum by (tenant, function)(increase(tenant_requests_total[30d]))"},
        ).text
    told: list[Any] = [charges, series, stacks, resources, usage, [tenant.mrr for tenant in world.tenants], terraform_plan(world).decode()]
    return json.dumps(told, default=str).encode()


@pytest.mark.parametrize("scenario", ["before", "after"])
def test_the_story_is_the_one_that_was_told_before(scenario: Any) -> None:
    assert hashlib.sha256(story(World(scenario=scenario))).hexdigest() == TOLD[scenario]


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_another_process_with_another_hash_seed_tells_the_same_bytes(seed: str) -> None:
    program = "import hashlib; from tests.sources.test_demo_world import story, World; print(hashlib.sha256(story(World(200))).hexdigest())"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == hashlib.sha256(story(World(200))).hexdigest()


@pytest.mark.parametrize("scale", [1, 10, 25, 60, 61, 1_000])
def test_a_scale_is_the_number_of_functions_and_customers(scale: int) -> None:
    world = World(scale)
    assert len(world.functions) == len({one.arn for one in world.functions}) == scale
    assert len(world.tenants) == len({one.id for one in world.tenants}) == scale


def test_a_larger_company_still_holds_the_story() -> None:
    world = World(1_000)
    names = {function.name for function in world.functions}
    assert {"thumbnail-render", "checkout-authorize", "report-nightly", "geo-lookup"} <= names
    assert {"acme", "globex", "hooli", "initech"} <= {tenant.id for tenant in world.tenants}
    assert story(world) == story(World(1_000))


def test_a_larger_world_extends_a_smaller_one() -> None:
    small, large = World(100), World(200)
    assert large.functions[:100] == small.functions
    assert large.tenants[:100] == small.tenants


def test_a_scale_below_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="the demo's scale is -1"):
        World(-1)


def test_the_clock_stands_still_a_week_apart() -> None:
    assert World().now == DEMO_NOW == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert World(scenario="after").now == datetime(2026, 11, 27, 12, tzinfo=UTC)


def test_a_hundred_thousand_rows_are_listed_at_once() -> None:
    world = World(100_000)
    listed = answer(world, "lambda", "ListFunctions", Call(PROD, "us-east-1", {}))
    assert len(listed["Functions"]) == 50
    assert len(world.functions) == len(world.tenants) == 100_000


def test_the_demo_package_imports_no_network_library_before_it_is_used() -> None:
    program = "import sys, costtui.sources.demo; sys.exit(any(name in sys.modules for name in ('boto3', 'botocore', 'httpx', 'duckdb')))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
