"""Every source that the settings name, for an account or for the demo cloud."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from costtui.config import Settings, Usage
from costtui.fetcher.budget import Budget
from costtui.service.messages import Hello
from costtui.sources import aws, azure
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.export_objects import EXPORTS, ExportObjects
from costtui.sources.aws.members import Member, Memory
from costtui.sources.aws.stored_plans import S3, StoredPlans
from costtui.sources.aws.usage_metrics import TenantMetrics
from costtui.sources.billing_functions import FunctionBilling
from costtui.sources.billing_source import BillingFiles
from costtui.sources.bridge import Pacer
from costtui.sources.customer_data import CustomerDirectory, CustomerUsage, HttpClient
from costtui.sources.files import TerraformPlans
from costtui.sources.port import Source
from costtui.sources.tuning_files import TuningFiles
from costtui.store import Store, organization_key


def assemble(hello: Hello, budget: Budget, prompt: Callable[[str], str], store: Store) -> list[Source]:
    """The sources of this run; nothing is asked or opened yet."""
    if hello.connection.demo:
        return _demo(hello, budget, prompt)
    return _sources(hello, _cloud(hello, budget, prompt, Pacer(), None, _memory(hello, store)), None)


def _memory(hello: Hello, store: Store) -> Memory | None:
    """Which accounts the organization has, as it was last seen; None where only the profiles are looked into."""
    if not hello.settings.aws.organization:
        return None
    key = organization_key(hello.connection.id)

    def recall() -> list[Member] | None:
        kept = store.get(key, list[Member])
        return kept.value if kept else None

    def remember(found: list[Member]) -> None:
        store.put(key, found, as_of=datetime.now(UTC))

    return Memory(recall, remember, offline=hello.offline)


def _cloud(
    hello: Hello,
    budget: Budget,
    prompt: Callable[[str], str],
    pacer: Pacer,
    install: Callable[[Any, str], None] | None,
    memory: Memory | None = None,
) -> AwsCloud:
    aws_settings = hello.settings.aws
    return AwsCloud(
        budget,
        pacer,
        profiles=aws_settings.profiles or [],
        regions=aws_settings.regions or [],
        prompt=prompt,
        install=install,
        organization=(aws_settings, memory) if memory else None,
    )


def _sources(hello: Hello, cloud: AwsCloud, client: HttpClient) -> list[Source]:
    settings = hello.settings
    return [
        *aws.sources(cloud, settings),
        *(TuningFiles(settings, pattern) for pattern in settings.functions.tuning),
        *(_plans(cloud, settings, pattern) for pattern in settings.drift.terraform),
        *azure.sources(settings),
        *(_billing_files(hello, cloud) if settings.customers.billing.source == "files" else []),
        CustomerDirectory(settings, client),
        *(_usage(settings, usage, cloud, client) for usage in settings.customers.usage),
    ]


def _billing_files(hello: Hello, cloud: AwsCloud) -> list[Source]:
    billing = hello.settings.customers.billing
    stored = [path for path in billing.paths if path.startswith(S3)]
    profile = billing.profile or hello.settings.aws.billing_profile
    folder = Path(hello.cache_dir) / EXPORTS
    objects = ExportObjects(cloud, stored, profile, folder, offline=hello.offline) if stored else None
    files = BillingFiles(hello.settings, objects)
    return [files, FunctionBilling(hello.settings, files)]


def _usage(settings: Settings, usage: Usage, cloud: AwsCloud, client: HttpClient) -> Source:
    return TenantMetrics(cloud, usage) if usage.source == "cloudwatch" else CustomerUsage(settings, usage, client)


def _plans(cloud: AwsCloud, settings: Settings, pattern: str) -> Source:
    return StoredPlans(cloud, pattern) if pattern.startswith(S3) else TerraformPlans(settings, pattern)


def _demo(hello: Hello, budget: Budget, prompt: Callable[[str], str]) -> list[Source]:
    """The same sources over the demo cloud: real clients, whose requests are answered inside this process."""
    from costtui.sources.demo import World, install
    from costtui.sources.demo.config import TUNING
    from costtui.sources.demo.http import client
    from costtui.sources.demo.plans import DemoPlan
    from costtui.sources.demo.tuning import write_tuning_files

    world = World(hello.connection.scale, hello.connection.scenario, hello.now)
    write_tuning_files(world, Path(hello.settings.base) / TUNING)

    def hook(session: Any, profile: str) -> None:
        install(session, world, profile=profile, check_shapes=world.check_shapes, on_request=metered)

    def metered(_service: str, operation: str, _params: object) -> None:
        cloud.charge(operation)

    cloud = _cloud(hello, budget, prompt, Pacer(unlimited=True), hook)
    plan = DemoPlan(world)
    return [plan if source.name == plan.name else source for source in _sources(hello, cloud, client(world))]
