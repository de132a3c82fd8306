"""The commands that would revert a drift or accept it. They are text for the user to copy: costtui runs none of them."""

import shlex
from collections.abc import Iterator

from costtui.domain.drift.records import DriftRow
from costtui.panes.spec import Line, Section

WIDTH = 74
"""Longer commands go on in the next line, as a shell takes it."""
CHANGE_SET = "costtui-revert-drift"


def remedies(row: DriftRow) -> list[Section]:
    """Sections of commands; [] where there is nothing to do."""
    if row.tier == "noise":
        return []
    found = {"cloudformation": _cloudformation, "terraform": _terraform, "aws-config": _config, "azure-policy": _azure}.get(row.source)
    return list(found(row)) if found else []


def _cloudformation(row: DriftRow) -> Iterator[Section]:
    """AWS's drift-aware change sets, of 2025: `DeploymentMode` of CreateChangeSet."""
    stack, where = _option("stack-name", row.scope), _option("region", row.region)
    if row.status == "unknown":
        yield _section("To check again", [f"aws cloudformation detect-stack-drift {stack} {where}"])
        return
    change_set = _option("change-set-name", CHANGE_SET)
    create = f"aws cloudformation create-change-set {stack} {change_set} --deployment-mode REVERT_DRIFT --use-previous-template"
    commands = [
        f"{create} --capabilities CAPABILITY_NAMED_IAM {where}",
        f"aws cloudformation describe-change-set {stack} {change_set} {where}",
        f"aws cloudformation execute-change-set {stack} {change_set} {where}",
    ]
    yield _section(
        "To revert",
        commands,
        "A drift-aware change set: it reverts every drift of the stack, so read it first. A stack with parameters also needs "
        "--parameters ParameterKey=…,UsePreviousValue=true.",
    )
    resource = _option("logical-resource-id", row.address)
    yield _section(
        "To accept",
        [f"aws cloudformation detect-stack-resource-drift {stack} {resource} {where}"],
        "First write the actual values into the template and deploy it; this then checks the resource again.",
    )


def _terraform(row: DriftRow) -> Iterator[Section]:
    target = shlex.quote(f"-target={row.address.partition(' (deposed')[0]}")
    if row.status == "moved":
        return
    if row.reason.startswith("apply will not"):
        yield _section("To revert", [], f"terraform {row.reason}.")
    else:
        yield _section("To revert", [f"terraform apply {target}"], "It asks before it changes anything. OpenTofu takes the same words.")
    what = "remove the block from the code" if row.status == "deleted" else "write the actual values into the code"
    yield _section("To accept", [f"terraform apply -refresh-only {target}"], f"It takes the state from what is there; then {what}.")


def _config(row: DriftRow) -> Iterator[Section]:
    command = f"aws configservice start-config-rules-evaluation {_option('config-rule-names', row.scope)} {_option('region', row.region)}"
    yield _section("To check again, after it was mended", [command])


def _azure(row: DriftRow) -> Iterator[Section]:
    if row.status == "noncompliant":
        group = _option("resource-group", row.address.partition("/")[0]) if "/" in row.address else ""
        command = f"az policy state trigger-scan {_option('subscription', row.account)} {group}"
        yield _section("To check again, after it was mended", [command])


def _option(name: str, value: str | None) -> str:
    return f"--{name} {shlex.quote(value)}" if value else ""


def _section(title: str, commands: list[str], note: str = "") -> Section:
    return Section(title, tuple(Line((line,)) for command in commands for line in _wrapped(command)), note=note)


def _wrapped(command: str) -> Iterator[str]:
    """Broken before an option, with a backslash, so that the lines can be copied as they stand."""
    line = ""
    for number, part in enumerate(command.strip().split(" --")):
        option = part.strip() if number == 0 else f"--{part.strip()}"
        if line and len(line) + len(option) + 3 > WIDTH:
            yield f"{line} \\"
            line = f"  {option}"
        else:
            line = f"{line} {option}" if line else option
    yield line
