"""Every source that the settings name, for an account or for the demo cloud."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from costtui.config import Settings, Usage
from costtui.fetcher.budget import Budget
from costtui.service.messages import Hello
from costtui.sources import aws, azure
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.stored_plans import S3, StoredPlans
from costtui.sources.aws.usage_metrics import TenantMetrics
from costtui.sources.billing_source import BillingFiles
from costtui.sources.bridge import Pacer
from costtui.sources.customer_data import CustomerDirectory, CustomerUsage, HttpClient
from costtui.sources.files import TerraformPlans
from costtui.sources.port import Source
from costtui.sources.tuning_files import TuningFiles


def assemble(hello: Hello, budget: Budget, prompt: Callable[[str], str]) -> list[Source]:
    """The sources of this run; nothing is asked or opened yet."""
    if hello.connection.demo:
        return _demo(hello, budget, prompt)
    return _sources(hello.settings, _cloud(hello, budget, prompt, Pacer(), None), None)


def _cloud(
    hello: Hello, budget: Budget, prompt: Callable[[str], str], pacer: Pacer, install: Callable[[Any, str], None] | None
) -> AwsCloud:
    aws_settings = hello.settings.aws
    return AwsCloud(
        budget,
        pacer,
        profiles=aws_settings.profiles or [],
        regions=aws_settings.regions or [],
        prompt=prompt,
        install=install,
    )


def _sources(settings: Settings, cloud: AwsCloud, client: HttpClient) -> list[Source]:
    return [
        *aws.sources(cloud, settings),
        *(TuningFiles(settings, pattern) for pattern in settings.functions.tuning),
        *(_plans(cloud, settings, pattern) for pattern in settings.drift.terraform),
        *azure.sources(settings),
        *([BillingFiles(settings)] if settings.customers.billing.source == "files" else []),
        CustomerDirectory(settings, client),
        *(_usage(settings, usage, cloud, client) for usage in settings.customers.usage),
    ]


def _usage(settings: Settings, usage: Usage, cloud: AwsCloud, client: HttpClient) -> Source:
    return TenantMetrics(cloud, usage) if usage.source == "cloudwatch" else CustomerUsage(settings, usage, client)


def _plans(cloud: AwsCloud, settings: Settings, pattern: str) -> Source:
    return StoredPlans(cloud, pattern) if pattern.startswith(S3) else TerraformPlans(settings, pattern)


def _demo(hello: Hello, budget: Budget, prompt: Callable[[str], str]) -> list[Source]:
    """The same sources over the demo cloud: real clients, whose requests are answered inside this process."""
    from costtui.sources.demo import World, install
    from costtui.sources.demo.config import PLAN, TUNING
    from costtui.sources.demo.files import terraform_plan
    from costtui.sources.demo.http import client
    from costtui.sources.demo.tuning import write_tuning_files

    world = World(hello.connection.scale, hello.connection.scenario, hello.now)
    plan = Path(hello.settings.base) / PLAN
    if not plan.exists():
        plan.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = plan.with_suffix(f".{os.getpid()}")
        half.write_bytes(terraform_plan(world))
        half.replace(plan)
    write_tuning_files(world, plan.with_name(TUNING))

    def hook(session: Any, profile: str) -> None:
        install(session, world, profile=profile, check_shapes=world.check_shapes, on_request=metered)

    def metered(_service: str, operation: str, _params: object) -> None:
        cloud.charge(operation)

    cloud = _cloud(hello, budget, prompt, Pacer(unlimited=True), hook)
    return _sources(hello.settings, cloud, client(world))
