"""Who owns a resource: the first of the configured places that says something."""

from collections.abc import Mapping, Sequence

from costtui.domain.customers.tags import tag_value


def first_present(places: Sequence[str], tags: Mapping[str, str], account_name: str | None) -> str | None:
    """The value at the first place that has one. A place is "tag:KEY" (exact, then without regard to case) or "account-name"."""
    for place in places:
        value = account_name if place == "account-name" else tag_value(tags, place.removeprefix("tag:"))
        if value:
            return value
    return None
