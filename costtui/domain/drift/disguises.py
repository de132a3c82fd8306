"""Other forms of a secret: those that give it away (its bare hash, its base64), and the one that does not (a keyed hash)."""

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable

DIGESTS: dict[int, Callable[[bytes], str]] = {
    32: lambda content: hashlib.md5(content, usedforsecurity=False).hexdigest(),
    40: lambda content: hashlib.sha1(content, usedforsecurity=False).hexdigest(),
    44: lambda content: b64encode(hashlib.sha256(content).digest()).decode(),
    64: lambda content: hashlib.sha256(content).hexdigest(),
    88: lambda content: b64encode(hashlib.sha512(content).digest()).decode(),
    128: lambda content: hashlib.sha512(content).hexdigest(),
}
"""How providers write the hash of a content beside it, by length. That of a password gives the password away to whoever tries them out."""
_BASE64 = re.compile(r"[A-Za-z0-9+/]{6,}={0,2}")


def digests(secrets: Iterable[str], length: int) -> set[str]:
    """The bare hashes of all `secrets` that are as long as this."""
    return {DIGESTS[length](secret.encode(errors="replace")) for secret in secrets}


def from_base64(text: str) -> str | None:
    """The text behind one in base64; None where there is none."""
    if len(text) % 4 or not _BASE64.fullmatch(text):
        return None
    try:
        return b64decode(text).decode()
    except ValueError:
        return None


def keyed(key: bytes, text: str) -> str:
    """HMAC-SHA256 (RFC 2104) of `text`, after a word that stands for the key: `b7e1c0a2:5d0f36cc81fe2a97`.

    Whoever has not the key cannot try out what the text was, and hashes of two keys say nothing of each other."""
    return f"{_hmac(key, b'')[:8]}:{_hmac(key, text.encode(errors='replace'))[:16]}"


def _hmac(key: bytes, content: bytes) -> str:
    return hmac.new(key, content, hashlib.sha256).hexdigest()
