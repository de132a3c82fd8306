"""Protections that can be switched off: encryption, instance metadata tokens, trails, versioning, backups, TLS."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from costtui.domain.drift.noise.values import is_empty
from costtui.domain.drift.severity.verdict import Case, Verdict, is_on

_SWITCHES = re.compile(
    r"^(encrypted|storage_encrypted|encryption_enabled|at_rest_encryption_enabled|transit_encryption_enabled|encryption_at_rest"
    r"|enable_key_rotation|sse_enabled|sqs_managed_sse_enabled|is_logging|enable_logging|enable_log_file_validation|is_multi_region_trail"
    r"|include_global_service_events|https_only|enable_https_traffic_only|https_traffic_only_enabled|performance_insights_kms"
    r"|point_in_time_recovery_enabled|node_to_node_encryption|enforce_https|require_ssl|enable_infrastructure_encryption)$"
)
_ENABLED_INSIDE = re.compile(r"encrypt|versioning|point_in_time|server_side|sse_|logging")
_KEYS = re.compile(
    r"^(kms_(master_)?key(_id|_arn)?|kms_key|server_side_encryption_configuration|encryption_configuration|bucket_encryption)$"
)
_TLS = re.compile(
    r"^(min(imum)?_(tls|protocol)_version|ssl_policy|security_policy|tls_security_policy|minimum_tls_version|min_tls_version)$"
)
_BACKUPS = re.compile(r"^(backup_retention_period|snapshot_retention_limit|automated_snapshot_retention_period|backup_retention_days)$")
_LISTENERS = {"HTTPS": 1, "TLS": 1, "HTTP": 0, "TCP": 0}


def judge(case: Case) -> Verdict | None:
    """None when no protection is concerned; high when one went down, low when one went up."""
    for rule, levels in _RULES:
        both = levels(case)
        if both is None:
            continue
        before, after = both
        if before != after:
            return Verdict("high" if after < before else "low", "security", rule)
    return None


def _switch(case: Case) -> tuple[int, int] | None:
    named = _SWITCHES.match(case.last)
    nested = case.last == "enabled" and any(_ENABLED_INSIDE.search(name) for name in case.names[:-1])
    return (int(is_on(case.expected)), int(is_on(case.actual))) if named or nested else None


def _versioning(case: Case) -> tuple[int, int] | None:
    if case.last != "status" or not any("versioning" in name for name in case.names[:-1]):
        return None
    return int(case.expected == "Enabled"), int(case.actual == "Enabled")


def _key(case: Case) -> tuple[int, int] | None:
    if case.difference.redacted:
        return None
    names = [name for name in case.names if _KEYS.match(name)]
    whole = bool(names) and case.last == names[0]
    return (int(not is_empty(case.expected)), int(not is_empty(case.actual))) if whole else None


def _metadata_tokens(case: Case) -> tuple[int, int] | None:
    return (int(case.expected == "required"), int(case.actual == "required")) if case.last == "http_tokens" else None


def _backups(case: Case) -> tuple[int, int] | None:
    if not _BACKUPS.match(case.last):
        return None
    return int(_amount(case.expected) > 0), int(_amount(case.actual) > 0)


def _amount(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal(0)


def _tls(case: Case) -> tuple[int, int] | None:
    return (tls_level(case.expected), tls_level(case.actual)) if _TLS.match(case.last) else None


def tls_level(value: Any) -> int:
    """The minor version of TLS 1 that a policy's name asks for at least; names without one are the old defaults, SSL is below."""
    text = str(value or "")
    if "SSLv" in text:
        return -1
    match = re.search(r"1[._-]([0-3])", text) or re.fullmatch(r".*TLSv?1([0-3])", text)
    return int(match[1]) if match else 0


def _listener(case: Case) -> tuple[int, int] | None:
    if case.last == "viewer_protocol_policy":
        return int(case.expected != "allow-all"), int(case.actual != "allow-all")
    if case.last != "protocol" or "listener" not in case.kind.lower():
        return None
    return _LISTENERS.get(str(case.expected), 0), _LISTENERS.get(str(case.actual), 0)


_RULES = (
    ("protection-switched", _switch),
    ("versioning", _versioning),
    ("encryption-key", _key),
    ("metadata-tokens", _metadata_tokens),
    ("backups", _backups),
    ("tls", _tls),
    ("tls", _listener),
)
