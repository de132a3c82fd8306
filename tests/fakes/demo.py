"""Clients of the demo cloud for tests: the same botocore, in process or over HTTP."""

from typing import Any

import boto3
import botocore.session

from costtui.sources.demo import DEMO_NOW, World, install
from costtui.sources.demo.company import Function
from costtui.sources.demo.hook import OnRequest

PROD, STAGE = "111122223333", "444455556666"


def client(world: World, service: str, region: str = "us-east-1", *, profile: str = "prod", on_request: OnRequest | None = None) -> Any:
    """A boto3 client that `world` answers, every answer held against botocore's shapes."""
    session = botocore.session.Session()
    install(session, world, profile=profile, check_shapes=True, on_request=on_request)
    return boto3.Session(botocore_session=session).client(service, region_name=region)


def function(name: str, *, calls: int = 1000, memory_mb: int = 128) -> Function:
    """One more function for prod/us-east-1, under any name."""
    return Function(
        name=name,
        account=PROD,
        region="us-east-1",
        stack="platform-prod",
        team="platform",
        environment="prod",
        runtime="python3.12",
        architecture="arm64",
        memory_mb=memory_mb,
        calls=calls,
        duration_ms=10.0,
        p95_factor=1.5,
        errors_ppm=0,
        cold_share=0.01,
        growth=0.0,
        rhythm="flat",
        modified=DEMO_NOW,
    )


def pages(call: Any, ask: str, give: str, **params: Any) -> list[Any]:
    """Every page of an operation that botocore has no paginator for."""
    found, token = [], None
    while True:
        answer = call(**params, **({ask: token} if token else {}))
        found.append(answer)
        token = answer.get(give)
        if not token:
            return found
