"""Security group rules, one source each, in one form for Terraform's four resource types and CloudFormation's two."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from costtui.domain.drift.noise.values import dump, without_empty
from costtui.domain.drift.vocabulary import folded, snake

_SOURCES = {
    "cidr_blocks": "cidr",
    "ipv6_cidr_blocks": "cidr",
    "cidr_ip": "cidr",
    "cidr_ipv4": "cidr",
    "cidr_ipv6": "cidr",
    "prefix_list_ids": "prefix-list",
    "prefix_list_id": "prefix-list",
    "source_prefix_list_id": "prefix-list",
    "destination_prefix_list_id": "prefix-list",
    "security_groups": "group",
    "source_security_group_id": "group",
    "destination_security_group_id": "group",
    "referenced_security_group_id": "group",
    "self": "self",
}
_KNOWN = {*_SOURCES, "protocol", "ip_protocol", "from_port", "to_port", "description"}
_NOT_PART_OF_THE_RULE = {
    *("type", "security_group_id", "security_group_rule_id", "group_id", "group_name", "source_security_group_owner_id"),
    *("id", "arn", "tags", "tags_all", "timeouts", "region", "security_group_rule_ids"),
}
_PROTOCOLS = {"all": "-1", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
WORLD = ("0.0.0.0/0", "::/0")


class NetworkRule(NamedTuple):
    """One protocol, port range and source. Ports are None for protocol -1, which means all of them."""

    protocol: str
    from_port: int | None
    to_port: int | None
    kind: str
    source: str
    description: str
    rest: str
    """Whatever else the rule says, as JSON text, so that nothing unknown is ever taken as equal."""

    @property
    def open_to_world(self) -> bool:
        return self.kind == "cidr" and self.source in WORLD

    def covers(self, port: int) -> bool:
        return self.protocol == "-1" or (self.from_port is not None and self.to_port is not None and self.from_port <= port <= self.to_port)


def network_rules(element: Any, own_group: str = "") -> list[NetworkRule]:
    """The rules in one inline block or rule resource, in the order of its sources; [] when it is no rule.

    `own_group` is the id of the group it stands in: naming that is the same as `self`.
    """
    if not isinstance(element, dict):
        return []
    values = folded(element)
    protocol = str(values.get("protocol", values.get("ip_protocol", "")) or "").lower()
    if not protocol:
        return []
    protocol = _PROTOCOLS.get(protocol, protocol)
    ports = (None, None) if protocol == "-1" else (_port(values.get("from_port")), _port(values.get("to_port")))
    unknown = {key: value for key, value in values.items() if key not in _KNOWN and key not in _NOT_PART_OF_THE_RULE}
    rest = dump(without_empty(unknown))
    description = str(values.get("description") or "")
    sources = list(_sources(values, own_group)) or [("", "")]
    return [NetworkRule(protocol, *ports, kind, source, description, rest) for kind, source in sources]


def _sources(values: dict[str, Any], own_group: str) -> Iterator[tuple[str, str]]:
    for name, kind in _SOURCES.items():
        value = values.get(name)
        for source in value if isinstance(value, list) else [value]:
            if not source:
                continue
            if kind == "self" or (kind == "group" and source == own_group):
                yield "self", ""
            else:
                yield kind, str(source)


def _port(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def only_sources(element: dict[str, Any], kept: set[NetworkRule], own_group: str = "") -> dict[str, Any]:
    """The same block with the sources of `kept` alone."""
    common = {name: value for name, value in element.items() if snake(name) not in _SOURCES}
    result = dict(element)
    for name, value in element.items():
        if snake(name) not in _SOURCES or not value:
            continue
        listed = value if isinstance(value, list) else [value]
        remaining = [source for source in listed if kept.intersection(network_rules({**common, name: source}, own_group))]
        result[name] = remaining if isinstance(value, list) else remaining[0] if remaining else None
    return result
