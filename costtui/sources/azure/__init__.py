"""Azure, over httpx: what breaks a policy, and what was changed by hand. Nothing is imported or asked before it is needed."""

from costtui.config import Settings
from costtui.sources.azure.arm import Arm
from costtui.sources.azure.drift import AzureActors, AzureDrift
from costtui.sources.azure.tokens import Tokens
from costtui.sources.port import Source


def sources(settings: Settings) -> list[Source]:
    """Nothing where no subscription is named."""
    subscriptions = settings.drift.azure.subscriptions
    if not subscriptions:
        return []
    arm = Arm(Tokens())
    return [AzureDrift(arm, subscriptions), AzureActors(arm, subscriptions)]
