"""Terraform's `*_sensitive`: true is a whole subtree, {} and false are none (hashicorp/terraform#32619)."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from costtui.domain.drift import pointer


def masked(value: Any, mask: Any) -> Iterator[Any]:
    """The parts of `value` that a `*_sensitive` mask covers."""
    if mask is True:
        yield value
    elif isinstance(mask, dict) and isinstance(value, dict):
        for key, below in mask.items():
            yield from masked(value.get(key), below)
    elif isinstance(mask, list) and isinstance(value, list):
        for entry, below in zip(value, mask, strict=False):
            yield from masked(entry, below)


def merged(one: Any, other: Any) -> Any:
    """A mask that covers what either covers; maps entry by entry, lists by position."""
    if one is True or other is True:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: merged(one.get(key), other.get(key)) for key in one.keys() | other.keys()}
    if isinstance(one, list) and isinstance(other, list):
        return [merged(*pair) for pair in zip_longest(one, other)]
    return one or other


def mask_root(mask: Any, path: str) -> str:
    """The place from which on `mask` covers everything on the way to `path`; `path` itself when nothing above it is covered."""
    parts = pointer.segments(path)
    root = ""
    for depth in range(len(parts)):
        if mask_at(mask, root) is True:
            return root
        root = pointer.join(root, parts[depth])
    return path


def mask_at(mask: Any, path: str) -> Any:
    """What `mask` says of the value at `path`: true, or the mask of what is below."""
    for part in pointer.segments(path):
        if mask is True:
            return True
        if isinstance(mask, dict):
            mask = mask.get(part)
        elif isinstance(mask, list) and part.isdigit() and int(part) < len(mask):
            mask = mask[int(part)]
        else:
            return None
    return mask
