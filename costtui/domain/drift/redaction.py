"""Secrets, taken out by name, by mask and by value.

Names: words that say password, and places that hold environments. Masks: Terraform's `*_sensitive` (`drift.masks`). Values: what
is masked in one place stays secret where it is copied to without a mask.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from operator import is_
from typing import Any
from urllib.parse import quote

from costtui.domain.drift import pointer
from costtui.domain.drift.disguises import DIGESTS, digests, from_base64, keyed
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
_PARAMETER_VALUES = ("value", "insecure_value")
_LABELS = ("name", "Name", "key", "Key")
_VALUES = ("value", "Value")
_IN_TEXT = re.compile(
    r"://[^/\s:@]*:[^@\s/]+@|-----BEGIN [A-Z ]*PRIVATE KEY|hooks\.slack\.com/services/"
    r"|(?i:(password|passwd|pwd)\"?(=|: )|(secret|token|api_?key|accountkey|sharedaccesskey)=)\"?[^\s\"$&;]"
    r"|\b(gh[oprsu]|github_pat|sk_live|rk_live|xox[abeprs]|glpat)[_-]\w{10}|\beyJ[\w-]{10,}\.eyJ"
)
"""Secrets that a text gives away by its form: credentials in an address, a key, `password=…`, the tokens of well-known services."""
_IN_TEXT_HINTS = ("=", ": ", "://", "-----BEGIN", "hooks.slack", "gh", "github_pat", "sk_live", "rk_live", "xox", "glpat", "eyJ")
"""One of them is in every text that `_IN_TEXT` finds: to look for them is far cheaper."""
_NAME_HINTS = tuple(b"pass pwd secret token credential connectionstring connection_string userdata user_data".split())
_KEY_HINTS = tuple(b"apikey api_key privatekey private_key accesskey access_key accountkey account_key sharedkey shared_key".split())
"""One of them, in lower case, is in every name that `NAME` finds."""
SHORTEST_PART = 6
_MANY = 20
_MOST_SEEN, _SEEN_LENGTH = 20_000, 80


@lru_cache(maxsize=65536)
def is_secret_name(name: str) -> bool:
    return bool(NAME.search(name)) and not _HARMLESS_NAMES.search(name)


@lru_cache(maxsize=65536)
def is_secret_path(type_: str, path: str) -> bool:
    """Whether a name on the way to `path` marks what is there as secret."""
    parts = pointer.segments(path)
    if any(is_secret_name(part) for part in parts):
        return True
    return bool(parts) and holds_a_parameter(type_) and parts[0].lower() in _PARAMETER_VALUES


def holds_a_parameter(type_: str) -> bool:
    """Whether what a resource of `type_` has as its value may be a secret under any name."""
    return canonical_type(type_) in _PARAMETER_TYPES


@lru_cache(maxsize=65536)
def is_environment(path: str) -> bool:
    """Whether a text at `path` is the value of an environment variable (Lambda, ECS, CodeBuild, app settings)."""
    return bool(_ENVIRONMENT.search(path)) and not _LABEL_PATH.search(path) and not _TAGS.search(path)


def may_name_a_secret(raw: bytes) -> bool:
    """Whether a name that says secret may stand in JSON text; False is certain, and found out fast.

    Letters outside ASCII may be taken for ones inside it, and escapes may hide any: such a text is not judged by its bytes.
    """
    if not raw.isascii() or b"\\u" in raw:
        return True
    lower = raw.lower()
    return any(hint in lower for hint in _NAME_HINTS) or (b"key" in lower and any(hint in lower for hint in _KEY_HINTS))


class Secrets:
    """The values that are secret in one file, and what to do with a text or structure that may hold them."""

    def __init__(self, values: Iterable[Any] = (), key: bytes = b"") -> None:
        """`key` is what fingerprints are made with; without one there are none."""
        self._key = key
        self._whole: set[str] = set()
        self._parts: set[str] = set()
        self._heads: dict[str, set[int]] = {}
        """The lengths of the parts that begin with a text of the shortest length."""
        self._digests: dict[int, set[str]] = {}
        """What `DIGESTS` makes of the secrets; of each length only once a text of that length comes."""
        self._seen: dict[str, bool] = {}
        """Which short texts are tainted: the same ones come again in every resource."""
        for value in values:
            self.add(value)

    def fingerprint(self, *values: Any) -> str:
        """The keyed hash of `values` (`disguises.keyed`). "" without a key, and for values that their source has blacked out itself: those
        are always the same."""
        if not self._key or any(not str(leaf).strip("*") for leaf in leaves(list(values))):
            return ""
        return keyed(self._key, dump(list(values)))

    def add(self, value: Any) -> None:
        """Take in every text and number of `value`; true, false and null are no secrets."""
        for leaf in leaves(value):
            text = str(leaf)
            self._whole.add(text)
            self._seen.clear()
            self._digests.clear()
            if len(text) >= SHORTEST_PART:
                for form in {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], quote(text, safe="")} - self._parts:
                    self._parts.add(form)
                    self._heads.setdefault(form[:SHORTEST_PART], set()).add(len(form))

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
            self._add_texts(value)
            return
        if not path and isinstance(value, dict) and holds_a_parameter(type_):
            self._add_texts([entry for key, entry in value.items() if key.lower() in _PARAMETER_VALUES])
        self._add_named(value)

    def _add_named(self, value: Any) -> None:
        if isinstance(value, dict):
            for key, entry in value.items():
                if not entry:
                    continue
                if is_secret_name(key):
                    self._add_texts(entry)
                elif isinstance(entry, dict | list):
                    self._add_named(entry)
        elif isinstance(value, list):
            for entry in value:
                if isinstance(entry, dict | list):
                    self._add_named(entry)

    def _add_texts(self, value: Any) -> None:
        for leaf in leaves(value):
            if isinstance(leaf, str) and len(leaf) >= SHORTEST_PART:
                self.add(leaf)

    def taints(self, text: str) -> bool:
        """Equal to a secret, or, from six characters on, containing one."""
        found = self._seen.get(text)
        if found is None:
            found = self._is_tainted(text)
            if len(text) <= _SEEN_LENGTH:
                if len(self._seen) >= _MOST_SEEN:
                    self._seen.clear()
                self._seen[text] = found
        return found

    def _is_tainted(self, text: str) -> bool:
        if text in self._whole:
            return True
        if len(text) < SHORTEST_PART:
            return False
        if next(self._parts_of(text), None) is not None:
            return True
        if self._whole and (self._is_digest(text) or self._is_encoded(text)):
            return True
        return any(hint in text for hint in _IN_TEXT_HINTS) and bool(_IN_TEXT.search(text))

    def _is_digest(self, text: str) -> bool:
        if len(text) not in DIGESTS:
            return False
        known = self._digests.get(len(text))
        if known is None:
            known = self._digests[len(text)] = digests(self._whole, len(text))
        return text in known or text.lower() in known

    def _is_encoded(self, text: str) -> bool:
        opened = from_base64(text)
        return opened is not None and (opened in self._whole or next(self._parts_of(opened), None) is not None)

    def _parts_of(self, text: str) -> Iterator[str]:
        """The secrets in `text`. Few are looked for one by one, many by the text's own beginnings: a plan may mask thousands."""
        if len(self._parts) <= _MANY:
            for part in self._parts:
                if part in text:
                    yield part
            return
        starts = range(len(text) - SHORTEST_PART + 1)
        if self._heads.keys().isdisjoint([text[start : start + SHORTEST_PART] for start in starts]):
            return
        for start in starts:
            for length in self._heads.get(text[start : start + SHORTEST_PART], ()):
                if text[start : start + length] in self._parts:
                    yield text[start : start + length]

    def clean_text(self, text: str) -> str:
        return REDACTED if self.taints(text) else text

    def clean_name(self, text: str) -> str:
        """The name of a resource, with only what is secret taken out of it, so that it still names the resource."""
        for part in sorted(set(self._parts_of(text)), key=len, reverse=True):
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
            return self._map(value, type_, path, mask)
        if isinstance(value, list):
            masks = mask if isinstance(mask, list) else []
            cleaned = [
                self.clean(entry, type_, pointer.join(path, index), masks[index] if index < len(masks) else None)
                for index, entry in enumerate(value)
            ]
            return value if all(map(is_, value, cleaned)) else cleaned
        return self._scalar(value, type_, path)

    def _map(self, value: dict[str, Any], type_: str, path: str, mask: Any) -> dict[str, Any]:
        masks = mask if isinstance(mask, dict) else {}
        secret = any(name in value for name in _VALUES) and is_secret_name(_label(value))
        cleaned = {}
        for key, entry in value.items():
            if secret and key in _VALUES:
                cleaned[key] = _blanked(entry)
            else:
                cleaned[self.clean_text(key)] = self.clean(entry, type_, pointer.join(path, key), masks.get(key))
        return value if all(map(is_, value, cleaned)) and all(map(is_, value.values(), cleaned.values())) else cleaned

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
    for name in _LABELS:
        label = value.get(name)
        if isinstance(label, str):
            return label
    return ""


def _blanked(value: Any) -> Any:
    """Null, true, false and emptiness tell nothing; everything else goes, together with its names."""
    return value if value is None or isinstance(value, bool) or value in ("", [], {}) else REDACTED


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for entry in value.values():
            yield from leaves(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from leaves(entry)
    elif value is not None and not isinstance(value, bool) and value != "":
        yield value
