"""What a stack's template says beside its properties: GetTemplate, free, one call a stack.

CloudFormation hands a JSON template over parsed and a YAML one as it was written. Of YAML only two things are looked for, line by line,
in the block style that every tool writes: a reader of all of YAML would be a dependency for two facts.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

CDK_PATH = "aws:cdk:path"
SECURITY_GROUP = "AWS::EC2::SecurityGroup"
INGRESS = "SecurityGroupIngress"
_LINE = re.compile(r"(?P<indent> *)(?P<quote>[\"']?)(?P<key>[\w:.-]+)(?P=quote)\s*:(?:\s+(?P<value>.*))?")


class Template(msgspec.Struct, frozen=True):
    """By logical id."""

    constructs: dict[str, str] = {}
    """CDK's path of each resource that has one."""
    closed_groups: frozenset[str] = frozenset()
    """Security groups that are declared with an empty list of ingress rules."""


def read_template(body: Any) -> Template:
    """`TemplateBody` of GetTemplate; an empty Template where it has neither, or cannot be read."""
    facts = _from_text(body) if isinstance(body, str) else _from_document(body)
    constructs: dict[str, str] = {}
    types: dict[str, str] = {}
    empty = set[str]()
    for name, key, value in facts:
        if key == CDK_PATH:
            constructs[name] = value
        elif key == "Type":
            types[name] = value
        else:
            empty.add(name)
    return Template(constructs, frozenset(name for name in empty if types.get(name) == SECURITY_GROUP))


Fact = tuple[str, str, str]
"""Logical id; CDK_PATH, "Type" or INGRESS; its value."""


def _from_document(body: Any) -> Iterator[Fact]:
    for name, resource in _mapping(_mapping(body).get("Resources")).items():
        parts = _mapping(resource)
        path, type_ = _mapping(parts.get("Metadata")).get(CDK_PATH), parts.get("Type")
        if isinstance(path, str):
            yield name, CDK_PATH, path
        if isinstance(type_, str):
            yield name, "Type", type_
        if _mapping(parts.get("Properties")).get(INGRESS) == []:
            yield name, INGRESS, "[]"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _from_text(body: str) -> Iterator[Fact]:
    """The keys of three levels: the resource, `Type` below it, and what is below its `Properties` and `Metadata`."""
    inside = False
    path: list[tuple[int, str]] = []
    for line in body.splitlines():
        found = _LINE.fullmatch(line.rstrip())
        if found is None:
            continue
        indent, key, value = len(found["indent"]), found["key"], _plain(found["value"] or "")
        if indent == 0:
            inside, path = key == "Resources", []
            continue
        while path and path[-1][0] >= indent:
            path.pop()
        path.append((indent, key))
        match [one for _, one in path] if inside else []:
            case [name, "Type"]:
                yield name, "Type", value
            case [name, "Metadata", "aws:cdk:path"]:
                yield name, CDK_PATH, value
            case [name, "Properties", "SecurityGroupIngress"] if value.replace(" ", "") == "[]":
                yield name, INGRESS, "[]"


def _plain(value: str) -> str:
    """Without a comment and quotes."""
    text = re.sub(r"(^|\s)#.*$", "", value).strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
