"""The JSON shapes of Terraform and OpenTofu files, and the refusal of those that cannot be judged.

Sources: https://developer.hashicorp.com/terraform/internals/json-format and the state format, version 4.
Large parts stay raw until asked for.
"""

import codecs
import pathlib
import re
from decimal import Decimal
from typing import Any, NoReturn, Protocol, TypeVar

import msgspec

from costtui.domain.problems import Problem, SourceError
from costtui.sources.terraform.watching import Content, Watch

RAW_NOTHING = msgspec.Raw(b"null")
SHOW = "write it as JSON with: terraform show -json PLANFILE > plan.json"
_GZIP = b"\x1f\x8b"
Shape = TypeVar("Shape")


class Origin(Protocol):
    """Where a file came from: a path, or an object of S3. As text, its whole name."""

    @property
    def name(self) -> str: ...


class Change(msgspec.Struct, frozen=True, gc=False):
    """`before` is the last known state; `after` is the actual one in `resource_drift`, the desired one in `resource_changes`."""

    actions: list[str] | None = None
    before: msgspec.Raw = RAW_NOTHING
    after: msgspec.Raw = RAW_NOTHING
    before_sensitive: msgspec.Raw = RAW_NOTHING
    after_sensitive: msgspec.Raw = RAW_NOTHING


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One resource in `resource_drift` or `resource_changes`; an old plan may leave out `address`."""

    change: Change
    address: str | None = None
    previous_address: str | None = None
    module_address: str | None = None
    mode: str | None = None
    type: str | None = None
    name: str | None = None
    index: str | int | None = None
    deposed: str | None = None

    @property
    def managed(self) -> bool:
        return self.mode in (None, "managed")

    @property
    def kind(self) -> str:
        """The resource type, from the address where the entry does not say it."""
        if self.type:
            return self.type
        parts = block_address(self.address or "").split(".")
        return parts[-2] if len(parts) > 1 else ""

    @property
    def actions(self) -> list[str]:
        return self.change.actions or []

    @property
    def full_address(self) -> str:
        address = self.address
        if not address:
            key = "" if self.index is None else f"[{msgspec.json.encode(self.index).decode()}]"
            data = "data." if self.mode == "data" else ""
            module = f"{self.module_address}." if self.module_address else ""
            address = f"{module}{data}{self.type or ''}.{self.name or ''}{key}"
        return f"{address} (deposed object {self.deposed})" if self.deposed else address


def block_address(address: str) -> str:
    """The address without the keys of `count` and `for_each`: `module.a["x"].b.c[0]` is `module.a.b.c`."""
    bare = address.partition(" (deposed")[0]
    return re.sub(r'\[(?:"(?:[^"\\]|\\.)*"|\d+)\]', "", bare) if "[" in bare else bare


class Deferred(msgspec.Struct, frozen=True):
    """A change that the plan puts off (Terraform 1.9). Only its secrets are of interest."""

    resource_change: Entry | None = None


class Variable(msgspec.Struct, frozen=True):
    value: Any = None


class Plan(msgspec.Struct, frozen=True):
    """`terraform show -json`: of a plan, or (with `values` alone) of a state. HCP's redacted plans say `plan_format_version`."""

    format_version: str | None = None
    plan_format_version: str | None = None
    terraform_version: str | None = None
    timestamp: str | None = None
    resource_drift: list[Entry] | None = None
    resource_changes: list[Entry] | None = None
    deferred_changes: list[Deferred] | None = None
    prior_state: msgspec.Raw = RAW_NOTHING
    planned_values: msgspec.Raw = RAW_NOTHING
    configuration: msgspec.Raw = RAW_NOTHING
    variables: dict[str, Variable | None] | None = None
    output_changes: msgspec.Raw = RAW_NOTHING
    values: msgspec.Raw = RAW_NOTHING
    version: int | None = None
    resources: msgspec.Raw = RAW_NOTHING
    encrypted_data: msgspec.Raw = RAW_NOTHING
    errored: bool | None = None
    complete: bool | None = None


def _exact(text: str) -> Decimal:
    """A number with every digit; raises ValueError, which the decoder turns into its own error, beyond any exponent."""
    try:
        return Decimal(text)
    except ArithmeticError:
        raise ValueError("a number is too large") from None


_RAW = msgspec.json.Decoder(float_hook=_exact)
_PLAN = msgspec.json.Decoder(Plan)


def decode(raw: msgspec.Raw) -> Any:
    return None if raw is RAW_NOTHING else _RAW.decode(raw)


def refuse(path: Origin, what: str, action: str) -> NoReturn:
    raise SourceError(Problem(kind="malformed", source="terraform", what=what, action=action, where=str(path)))


def content_of(path: pathlib.Path, watch: Watch) -> Content:
    """Raises SourceError."""
    try:
        return watch.content(path)
    except OSError as error:
        refuse(path, f"the file cannot be read ({error.strerror})", "check the path and the permissions under [drift] terraform")


def read_plan(path: Origin, content: Content) -> Plan:
    """The file as far as its outline; raises SourceError in one sentence for what is no plan and no state."""
    content = _as_utf8(content)
    if not content or content.isspace():
        refuse(path, "the file is empty", SHOW)
    if content.startswith(b"PK"):
        refuse(path, "this is a binary plan", SHOW)
    if content.startswith(_GZIP):
        refuse(path, "the file is compressed", "unpack it first")
    try:
        plan = _PLAN.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if b'"@message"' in content[:4096]:
            refuse(path, "this is Terraform's log stream, which has no values", SHOW)
        why = "it is no UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
        refuse(path, f"the file is no plan or state in JSON ({why})", SHOW)
    _check_format(path, plan)
    return plan


def _as_utf8(content: Content) -> Content:
    """PowerShell's `>` writes UTF-16, and some editors a byte order mark."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace").encode()
    return content.removeprefix(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else content


def _check_format(path: Origin, plan: Plan) -> None:
    if plan.encrypted_data is not RAW_NOTHING:
        refuse(path, "this state or plan is encrypted by OpenTofu", "write a decrypted copy with: tofu show -json > plan.json")
    if plan.version is not None and plan.format_version is None:
        if plan.version != 4:
            older = "upgrade it with: terraform init and terraform apply"
            action = older if plan.version < 4 else "write a plan instead, with: terraform show -json"
            refuse(path, f"state version {plan.version} is not supported, only version 4", action)
        return
    version = plan.format_version or plan.plan_format_version
    if version is None and plan.resource_drift is None and plan.resource_changes is None:
        refuse(path, "the file has neither a plan nor a state in it", SHOW)
    if version is not None and not re.match(r"[01](\.|$)", version):
        refuse(
            path, f"format version {version} is newer than this costtui knows (0.x and 1.x)", "upgrade costtui, or use an older terraform"
        )
