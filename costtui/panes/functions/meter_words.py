"""What the meters of a Lambda bill are called, and what their quantities are made of."""

from decimal import Decimal

LOG_GB = Decimal(1024**3)
METERS = {
    "requests": "Requests",
    "duration": "Duration",
    "init": "INIT",
    "ephemeral": "Ephemeral storage",
    "provisioned": "Provisioned",
    "provisioned-duration": "Duration, provis.",
    "snapstart-cache": "SnapStart cache",
    "snapstart-restore": "SnapStart restore",
    "streaming": "Streaming",
    "not-gb-seconds": "Own meters",
    "durable": "Durable",
    "tenant-environments": "Tenant memory",
    "other": "Other meters",
}
QUANTITIES = {
    "requests": "calls: throttled ones are no calls and are not billed",
    "duration": "memory in GB (MB ÷ 1,024) × billed seconds, of the configured memory and not of the used",
    "init": "memory in GB × seconds of INIT: billed for every runtime since 2025-08-01, one rounding up over INIT and duration",
    "ephemeral": "GB of /tmp above the 512 MB that are free × billed seconds",
    "provisioned": "environments × GB × seconds that they are configured, in steps of five minutes, used or not",
    "provisioned-duration": "memory in GB × seconds that provisioned concurrency served: a rate of its own, without tiers and free tier",
    "snapstart-cache": "memory in GB × seconds that each published version exists, three hours at least",
    "snapstart-restore": "memory in GB × restored environments",
    "streaming": "GB of responses beyond their first 6 MB",
}
COLUMN_WORDS = {
    "provisioned": "provisioned concurrency",
    "snapstart-cache": "SnapStart's cache",
    "snapstart-restore": "SnapStart's restores",
    "not-gb-seconds": "its own meters",
    "durable": "durable operations",
    "tenant-environments": "tenant environments",
}


def column_words(meter: str) -> str:
    return COLUMN_WORDS.get(meter, METERS.get(meter, meter))
