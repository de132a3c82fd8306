"""N8 and N9 across plans and stacks: what one file reports may be the resource of another.

Each source has looked inside its own file already, with the values in clear. What is left is looked at here once more, against what the
others manage (`Owned`), where both sides are known. Whatever was taken out as secret equals nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from costtui.domain.drift import pointer
from costtui.domain.drift.compare import Change
from costtui.domain.drift.network import network_rules, only_sources
from costtui.domain.drift.noise.values import dump, parse
from costtui.domain.drift.records import Difference, DriftFinding, Owned
from costtui.domain.drift.related import group_rules, sidecars
from costtui.domain.drift.related.delegated import is_delegated
from costtui.domain.drift.related.relations import Drifted, Managed, Relations
from costtui.domain.drift.vocabulary import canonical_path, canonical_type

IDENTIFIED = (
    "aws_ebs_volume",
    "aws_route",
    "aws_s3_bucket_",
    "aws_security_group_rule",
    "aws_volume_attachment",
    "aws_vpc_security_group_",
    "azurerm_subnet",
)
"""They name the other side by an id or a name that no other account has."""
NAMED = ("aws_appautoscaling_target", "aws_autoscaling_policy")
"""They name it by a name that another account or region may use too."""


def is_of_interest(type_: str) -> bool:
    return canonical_type(type_).startswith((*IDENTIFIED, *NAMED))


def explained(findings: Sequence[DriftFinding], owned: Iterable[Owned]) -> list[DriftFinding]:
    """The findings with what another file accounts for under its rule, in the same order."""
    resources = list(owned)
    if not resources:
        return list(findings)
    anywhere = Relations(_managed(one for one in resources if canonical_type(one.type).startswith(IDENTIFIED)))
    places: dict[tuple[str | None, str | None], list[Owned]] = {}
    for one in resources:
        if canonical_type(one.type).startswith(NAMED):
            places.setdefault((one.account, one.region), []).append(one)
    near = {place: Relations(_managed(found)) for place, found in places.items() if None not in place}
    nothing = Relations(())
    return [_finding(one, anywhere, near.get((one.account, one.region), nothing)) for one in findings]


def _managed(owned: Iterable[Owned]) -> list[Managed]:
    return [Managed("", one.type, values) for one in owned if isinstance(values := parse(one.values), dict)]


def _finding(finding: DriftFinding, anywhere: Relations, near: Relations) -> DriftFinding:
    if finding.status != "drifted" or not finding.physical_id:
        return finding
    told = [part for one in finding.differences for part in _difference(finding, one, anywhere, near)]
    return finding if told == finding.differences else msgspec.structs.replace(finding, differences=told)


def _difference(finding: DriftFinding, one: Difference, anywhere: Relations, near: Relations) -> Iterator[Difference]:
    if one.class_ == "noise" or (one.redacted and one.actual is None):
        yield one
        return
    path = pointer.segments(canonical_path(finding.type, one.path))
    if canonical_type(finding.type) in group_rules.TYPES and path[:1] in (("ingress",), ("egress",)):
        yield from _rules(finding, one, path, anywhere)
        return
    change = Change(one.path, parse(one.expected), parse(one.actual), one.op)
    drifted = Drifted(finding.type, finding.physical_id or "", {}, _after(finding, one, path))
    rule = "N8" if _is_whole(one, path) and sidecars.is_echo(drifted, change, anywhere) else ""
    yield _under(one, rule or ("N9" if is_delegated(drifted, change, near) else ""))


def _is_whole(one: Difference, path: tuple[str, ...]) -> bool:
    """The difference shows a whole element that came, or the whole property; of anything below, the rest is not known here."""
    return (one.op == "add" and len(path) == 2 and path[1].isdigit()) or (one.op == "change" and len(path) == 1)


def _rules(finding: DriftFinding, one: Difference, path: tuple[str, ...], anywhere: Relations) -> Iterator[Difference]:
    """An inline rule that came, source by source: what another file owns, and what nobody does."""
    element = parse(one.actual)
    group = finding.physical_id or ""
    rules = set(network_rules(element, group)) if one.op == "add" and len(path) == 2 else set()
    mine = rules & group_rules.owned_rules(group, path[0], anywhere)
    if not mine or mine == rules:
        yield _under(one, "N8" if mine else "")
        return
    for part, rule in ((mine, "N8"), (rules - mine, "")):
        yield _under(msgspec.structs.replace(one, actual=dump(only_sources(element, part, group))), rule)


def _under(one: Difference, rule: str) -> Difference:
    return msgspec.structs.replace(one, class_="noise", rule=rule) if rule else one


def _after(finding: DriftFinding, one: Difference, path: tuple[str, ...]) -> dict[str, Any]:
    """The actual side as far as it is known: the property itself, and what price and bounds are read from."""
    known: dict[str, Any] = {canonical_path(finding.type, place)[1:]: parse(text) for place, text in finding.context.items()}
    known.update(_from_arn(finding.physical_id or ""))
    if path:
        value = parse(one.actual)
        known[path[0]] = [*[{}] * int(path[1]), value] if len(path) == 2 and path[1].isdigit() else value
    return known


def _from_arn(id_: str) -> Mapping[str, str]:
    """Cluster and name of an ECS service, from its ARN."""
    parts = id_.split("/")
    return {"cluster": parts[-2], "name": parts[-1]} if ":service/" in id_ and len(parts) == 3 else {}
