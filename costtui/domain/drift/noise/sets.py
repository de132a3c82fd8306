"""N4: lists whose order means nothing. Whatever is not known to be a set is compared by position.

Never sets: Lambda layers (the later overrides), pipeline stages, rule priorities, container commands.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from costtui.domain.drift import pointer
from costtui.domain.drift.noise.values import dump
from costtui.domain.drift.vocabulary import canonical_path, canonical_type

_SCALAR_SETS = re.compile(
    r"(^|_)(ids|arns|cidrs|cidr_blocks|availability_zones|security_groups|subnets)$"
    r"|^(zones|allowed_methods|cached_methods|allow_methods|http_methods|allowed_headers|allowed_origins|expose_headers|aliases"
    r"|address_prefixes|address_space|source_addresses|destination_addresses|requires_compatibilities|client_id_list|vpc_zone_identifier"
    r"|enabled_cloudwatch_logs_exports|enable_cloudwatch_logs_exports|load_balancers|enabled_metrics)$"
)
_NEVER = re.compile(r"layers?|stages?|priorit|command|entry_point|order")
_TAGS = ("tags", "tag", "tags_all", "hosted_zone_tags", "tag_list")
_BLOCK_SETS = {
    ("aws_security_group", "ingress"),
    ("aws_security_group", "egress"),
    ("aws_default_security_group", "ingress"),
    ("aws_default_security_group", "egress"),
    ("aws_instance", "ebs_block_device"),
    ("aws_network_acl", "ingress"),
    ("aws_network_acl", "egress"),
    ("aws_route_table", "route"),
    ("aws_default_route_table", "route"),
    ("aws_iam_role", "inline_policy"),
    ("azurerm_virtual_network", "subnet"),
    ("azurerm_network_security_group", "security_rule"),
    ("azurerm_route_table", "route"),
}


@lru_cache(maxsize=65536)
def is_set(type_: str, path: str) -> bool:
    """Whether the list at `path` of a resource of `type_` is a set."""
    parts = pointer.segments(canonical_path(type_, path))
    if not parts or any(_NEVER.search(part) for part in parts if not part.isdigit()):
        return False
    if len(parts) == 1 and (canonical_type(type_), parts[0]) in _BLOCK_SETS:
        return True
    return parts[-1] in _TAGS or bool(_SCALAR_SETS.search(parts[-1]))


def canonical(value: Any, type_: str, path: str) -> Any:
    """`value` with every set in it sorted by content."""
    if isinstance(value, dict):
        return {key: canonical(entry, type_, pointer.join(path, key)) for key, entry in value.items()}
    if not isinstance(value, list):
        return value
    entries = [canonical(entry, type_, pointer.join(path, index)) for index, entry in enumerate(value)]
    return sorted(entries, key=dump) if is_set(type_, path) else entries


def cancelling(pairs: Iterable[tuple[str, str]]) -> set[int]:
    """Which of several (expected, actual) replacements inside one set cancel out, by their position.

    A reordered set reads as [a→b, b→a]. Taken out are only as many as have a partner on the other side, whole cycles at a time: an
    element that came or went leaves its replacement standing.
    """
    listed = list(pairs)
    standing = set(range(len(listed)))
    while standing:
        gone = Counter(listed[index][0] for index in standing)
        came = Counter(listed[index][1] for index in standing)
        unmatched = {index for index in standing if any(gone[side] != came[side] for side in listed[index])}
        if not unmatched:
            return standing
        standing -= unmatched
    return standing
