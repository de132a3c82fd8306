"""Secrets, taken out by name, by mask and by value.

Names: words that say password, and places that hold environments. Masks: Terraform's `*_sensitive` (true is a whole subtree, {} and false
are none; hashicorp/terraform#32619). Values: what is masked in one place stays secret where it is copied to without a mask.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import zip_longest
from typing import Any
from urllib.parse import quote

from costtui.domain.drift import pointer
from costtui.domain.drift.noise.values import dump, structure
from costtui.domain.drift.vocabulary import canonical_type

REDACTED = "<redacted>"
NAME = re.compile(
    r"pass(word|wd)?|pwd|secret|token|api_?key|private_?key|credential|connection_?string|user_?data|(access|account|shared)_?key$",
    re.IGNORECASE,
)
_HARMLESS_NAMES = re.compile(r"^http_?tokens$|pass_?(role|through)|bypass|_?arns?$|(length|age|days|prevention)$", re.IGNORECASE)
_ENVIRONMENT = re.compile(
    r"/(\w+_)?(environment_?variables?|env_?vars?|app_?settings|environment/(\d+/)?variables)(/|$)|/env(ironment)?/\d+/value$",
    re.IGNORECASE,
)
_LABEL_PATH = re.compile(r"/\d+/(name|key|type)$", re.IGNORECASE)
_TAGS = re.compile(r"^/tags(_?all)?(/|$)", re.IGNORECASE)
_PARAMETER_TYPES = ("aws_ssm_parameter",)
_LABELS = ("name", "Name", "key", "Key")
_VALUES = ("value", "Value")
_IN_TEXT = re.compile(
    r"://[^/\s:@]*:[^@\s/]+@|-----BEGIN [A-Z ]*PRIVATE KEY|hooks\.slack\.com/services/"
    r"|(?i:(password|passwd|pwd)\"?(=|: )|(secret|token|api_?key|accountkey|sharedaccesskey)=)\"?[^\s\"$&;]"
    r"|\b(gh[oprsu]|github_pat|sk_live|rk_live|xox[abeprs]|glpat)[_-]\w{10}|\beyJ[\w-]{10,}\.eyJ"
)
"""Secrets that a text gives away by its form: credentials in an address, a key, `password=…`, the tokens of well-known services."""
SHORTEST_PART = 6
_MANY = 50


@lru_cache(maxsize=65536)
def is_secret_name(name: str) -> bool:
    return bool(NAME.search(name)) and not _HARMLESS_NAMES.search(name)


@lru_cache(maxsize=65536)
def is_secret_path(type_: str, path: str) -> bool:
    """Whether a name on the way to `path` marks what is there as secret."""
    parts = pointer.segments(path)
    if any(is_secret_name(part) for part in parts):
        return True
    return canonical_type(type_) in _PARAMETER_TYPES and bool(parts) and parts[0].lower() in ("value", "insecure_value")


@lru_cache(maxsize=65536)
def is_environment(path: str) -> bool:
    """Whether a text at `path` is the value of an environment variable (Lambda, ECS, CodeBuild, app settings)."""
    return bool(_ENVIRONMENT.search(path)) and not _LABEL_PATH.search(path) and not _TAGS.search(path)


class Secrets:
    """The values that are secret in one file, and what to do with a text or structure that may hold them."""

    def __init__(self, values: Iterable[Any] = ()) -> None:
        self._whole: set[str] = set()
        self._parts: set[str] = set()
        self._heads: dict[str, list[str]] = {}
        self._names: dict[str, str] = {}
        for value in values:
            self.add(value)

    def add(self, value: Any) -> None:
        """Take in every text and number of `value`; true, false and null are no secrets."""
        for leaf in leaves(value):
            text = str(leaf)
            self._whole.add(text)
            self._names.clear()
            if len(text) >= SHORTEST_PART:
                for form in {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], quote(text, safe="")} - self._parts:
                    self._parts.add(form)
                    self._heads.setdefault(form[:SHORTEST_PART], []).append(form)

    def add_labelled(self, value: Any) -> None:
        """Take in what stands beside a label that says secret: `{name: admin_password, value: …}`."""
        for entry in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            if isinstance(entry, dict | list):
                self.add_labelled(entry)
        if isinstance(value, dict) and is_secret_name(_label(value)):
            self.add([value.get(name) for name in _VALUES])

    def add_named(self, value: Any, type_: str, path: str = "") -> None:
        """Take in every text of at least six characters under a name that says secret; shorter ones are also harmless words."""
        if path and is_secret_path(type_, path):
            for leaf in leaves(value):
                if isinstance(leaf, str) and len(leaf) >= SHORTEST_PART:
                    self.add(leaf)
        elif isinstance(value, dict):
            for key, entry in value.items():
                if entry:
                    self.add_named(entry, type_, pointer.join(path, key))
        elif isinstance(value, list):
            for entry in value:
                if isinstance(entry, dict | list):
                    self.add_named(entry, type_, path)

    def taints(self, text: str) -> bool:
        """Equal to a secret, or, from six characters on, containing one."""
        if text in self._whole:
            return True
        return len(text) >= SHORTEST_PART and (self._contains_part(text) or bool(_IN_TEXT.search(text)))

    def _contains_part(self, text: str) -> bool:
        """Few secrets are looked for one by one, many by the text's own beginnings: a plan may mask thousands."""
        if len(self._parts) <= _MANY:
            return any(part in text for part in self._parts)
        windows = (text[start : start + SHORTEST_PART] for start in range(len(text) - SHORTEST_PART + 1))
        return any(part in text for window in windows if window in self._heads for part in self._heads[window])

    def clean_text(self, text: str) -> str:
        return REDACTED if self.taints(text) else text

    def clean_name(self, text: str) -> str:
        """The name of a resource, with only what is secret taken out of it, so that it still names the resource."""
        if self._contains_part(text):
            for part in sorted(self._parts, key=len, reverse=True):
                text = text.replace(part, REDACTED)
        return self.clean_text(text)

    def clean(self, value: Any, type_: str = "", path: str = "", mask: Any = None) -> Any:
        """`value` with every secret in it replaced; the very same object when it holds none.

        JSON texts are opened, so that a container definition keeps its names and loses its values.
        """
        if mask is True:
            return value if value is None else REDACTED
        if path and is_secret_path(type_, path):
            return _blanked(value)
        if isinstance(value, dict):
            return _unchanged_or(value, self._map(value, type_, path, mask))
        if isinstance(value, list):
            masks = mask if isinstance(mask, list) else []
            cleaned = [
                self.clean(entry, type_, pointer.join(path, index), masks[index] if index < len(masks) else None)
                for index, entry in enumerate(value)
            ]
            return _unchanged_or(value, cleaned)
        return self._scalar(value, type_, path)

    def _map(self, value: dict[str, Any], type_: str, path: str, mask: Any) -> dict[str, Any]:
        masks = mask if isinstance(mask, dict) else {}
        label = _label(value)
        cleaned = {}
        for key, entry in value.items():
            if key in _VALUES and is_secret_name(label):
                cleaned[key] = _blanked(entry)
            else:
                cleaned[self._clean_key(key)] = self.clean(entry, type_, pointer.join(path, key), masks.get(key))
        return cleaned

    def _clean_key(self, key: str) -> str:
        """The names of properties are few, and come again in every resource."""
        found = self._names.get(key)
        if found is None:
            found = self._names[key] = self.clean_text(key)
        return found

    def _scalar(self, value: Any, type_: str, path: str) -> Any:
        if is_environment(path):
            return _blanked(value)
        if not isinstance(value, str):
            return REDACTED if str(value) in self._whole and not isinstance(value, bool) and value is not None else value
        opened = structure(value)
        if opened is not value:
            cleaned = self.clean(opened, type_, path)
            if cleaned is not opened:
                return dump(cleaned)
        return self.clean_text(value)


def _label(value: dict[str, Any]) -> str:
    return next((value[name] for name in _LABELS if isinstance(value.get(name), str)), "")


def _unchanged_or(value: Any, cleaned: Any) -> Any:
    entries = zip(value.values(), cleaned.values(), strict=False) if isinstance(value, dict) else zip(value, cleaned, strict=True)
    same_keys = not isinstance(value, dict) or list(value) == list(cleaned)
    return value if same_keys and all(one is other for one, other in entries) else cleaned


def _blanked(value: Any) -> Any:
    """Null, true, false and emptiness tell nothing; everything else goes, together with its names."""
    return value if value is None or isinstance(value, bool) or value in ("", [], {}) else REDACTED


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


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for entry in value.values():
            yield from leaves(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from leaves(entry)
    elif value is not None and not isinstance(value, bool) and value != "":
        yield value
