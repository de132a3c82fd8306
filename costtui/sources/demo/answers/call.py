"""What a handler is given, and the paging that most services share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from costtui.sources.demo.faults import CloudError
from costtui.sources.demo.world import World

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """One request: who asks (by account), where, and botocore's parameters."""

    account: str
    region: str
    params: dict[str, Any]


Answer = dict[str, Any]
Handler = Callable[[World, Call], Answer]
Table = dict[tuple[str, str], Handler]


def page(items: Sequence[T], token: str | None, size: int, *, error: str = "ValidationError") -> tuple[Sequence[T], str | None]:
    """The page that starts at `token`, and the token of the next one; None after the last."""
    start = offset(token, len(items), error=error)
    end = start + size
    return items[start:end], (str(end) if end < len(items) else None)


def offset(token: str | None, length: int, *, error: str) -> int:
    """Where a page starts. A token that was never handed out is refused, as AWS does."""
    if not token:
        return 0
    if not token.isdigit() or int(token) >= length:
        raise CloudError(error, f"The token {token!r} is not valid")
    return int(token)


def page_size(wanted: int | None, largest: int) -> int:
    return min(wanted or largest, largest)
