"""JSON pointers (RFC 6901): where in a resource a property stands."""

from collections.abc import Set
from functools import lru_cache


def join(parent: str, segment: str | int) -> str:
    """`parent` with one more segment, escaped."""
    text = str(segment)
    if "~" in text or "/" in text:
        text = text.replace("~", "~0").replace("/", "~1")
    return f"{parent}/{text}"


@lru_cache(maxsize=65536)
def segments(path: str) -> tuple[str, ...]:
    """The unescaped segments; the whole document ("") has none."""
    parts = path.split("/")[1:]
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in parts) if "~" in path else tuple(parts)


def parent(path: str) -> str:
    return path.rpartition("/")[0]


def within(path: str, ancestor: str) -> bool:
    """Whether `path` is `ancestor` or stands below it."""
    return path == ancestor or path.startswith(ancestor + "/")


def within_any(path: str, ancestors: Set[str]) -> bool:
    """Whether `path` or anything above it is among `ancestors`; as fast for many of them as for one."""
    while path not in ancestors:
        if not path:
            return False
        path = parent(path)
    return True
