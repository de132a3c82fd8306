"""AWS errors as typed problems that say what to do.

Catch order and codes: botocore.exceptions, the services' common errors, and Cost Explorer's own (LimitExceededException is its throttle).
"""

import re

from costtui.domain.problems import Kind, Problem, SourceError

EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException"}
BAD_KEYS = {"InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure"}
SKEWED = {"SignatureDoesNotMatch", "InvalidSignatureException", "RequestTimeTooSkewed"}
THROTTLED = {
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "LimitExceededException",
}
NOT_ENABLED = {
    "DataUnavailableException": "Cost Explorer has no data yet: it needs about 24 hours after it is enabled",
    "OptInRequiredException": "the account is not enrolled: opt in, which costs nothing, then refresh",
    "AWSOrganizationsNotInUseException": "the account is in no organization: only its own data is shown",
    "NoAvailableConfigurationRecorderException": "AWS Config records nothing here: turn its recorder on, or leave config_rules off",
}


def problem_of(error: Exception, *, source: str, where: str, profile: str) -> Problem:
    """The problem behind an exception of boto3's. `profile` is empty for the environment's own credentials."""
    from botocore.exceptions import BotoCoreError, ClientError

    def problem(kind: Kind, what: str, action: str) -> Problem:
        return Problem(kind, source, what, action, where)

    if isinstance(error, SourceError):
        return error.problem
    if isinstance(error, ClientError):
        kind, what, action = _client_error(error.response.get("Error", {}), profile)
    elif isinstance(error, BotoCoreError):
        kind, what, action = _core_error(error, profile)
    elif type(error).__name__ == "ResponseParserError":
        kind, what = "malformed", "the answer is not from AWS"
        action = "a proxy or a sign-in page may stand in between: check HTTPS_PROXY and the endpoint"
    else:
        kind, what, action = "failed", f"{type(error).__name__}: {_one_line(error)}", "see --log-file for the whole story"
    return problem(kind, what, action)


def _client_error(error: dict[str, str], profile: str) -> tuple[Kind, str, str]:
    code, message = error.get("Code", ""), _one_line(error.get("Message", ""))
    if code in NOT_ENABLED:
        what, _, action = NOT_ENABLED[code].partition(": ")
        return "not-enabled", what, action
    if code in EXPIRED:
        return "expired", "the session has expired", _sign_in(profile)
    if code in DENIED:
        return _denied(message)
    if code in BAD_KEYS:
        return "no-credentials", "AWS does not know these keys here", "the region may not be enabled for the account, or the keys are wrong"
    if code in SKEWED:
        return "clock-skew", "AWS refused the signature", "check this machine's clock against UTC, then the secret key"
    if code in THROTTLED:
        return "throttled", "AWS throttled the call, retries included", "wait a minute, then refresh"
    return "failed", f"{code}: {message}" if message else code or "no error code", "see --log-file for the whole story"


def _denied(message: str) -> tuple[Kind, str, str]:
    if "not enabled for cost explorer" in message.lower():
        return "not-enabled", "Cost Explorer is not enabled", "the payer account must enable it, or allow member accounts"
    action = re.search(r"not authorized to perform:? (\S+?)[\s,]", message + " ")
    name = action[1] if action else "the call"
    if "explicit deny" in message or "service control policy" in message:
        return "denied", f"{name} is denied by a policy", "ask who owns the organization's policies; retrying does not help"
    return "denied", f"no permission for {name}", f"let the identity have {name}" if action else "compare with the policy in the README"


def _core_error(error: Exception, profile: str) -> tuple[Kind, str, str]:
    name = type(error).__name__
    if name in ("SSOTokenLoadError", "UnauthorizedSSOTokenError", "TokenRetrievalError"):
        return "expired", "the SSO session has ended", _sign_in(profile)
    if name == "ProfileNotFound":
        return (
            "no-credentials",
            f"profile {profile!r} is not in the AWS configuration",
            "check ~/.aws/config, or name another with --profile",
        )
    if name in ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "InvalidConfigError"):
        who = f"for profile {profile!r}" if profile else "in the environment"
        return "no-credentials", f"no usable AWS credentials {who}", f"{_sign_in(profile)}, or look around with --demo"
    if name in ("NoRegionError", "InvalidRegionError"):
        return "no-credentials", "no region is set", "set AWS_REGION, --region or [aws] regions"
    if name == "MissingDependencyException":
        return "no-credentials", "this profile needs botocore's crt extra", "pip install 'botocore[crt]' beside costtui"
    if name in ("EndpointConnectionError", "ConnectTimeoutError", "ConnectionClosedError", "ReadTimeoutError", "HTTPClientError"):
        return "offline", f"no answer ({_one_line(error)})", "check the network, HTTPS_PROXY and AWS_ENDPOINT_URL"
    if name == "ProxyConnectionError":
        return "offline", f"the proxy did not answer ({_one_line(error)})", "check HTTPS_PROXY"
    if name == "SSLError":
        return "offline", f"TLS failed ({_one_line(error)})", "check AWS_CA_BUNDLE"
    return "failed", _one_line(error), "see --log-file for the whole story"


def _sign_in(profile: str) -> str:
    return f"run: aws sso login --profile {profile}" if profile else "sign in (aws sso login), or set AWS_PROFILE"


def _one_line(error: object) -> str:
    return " ".join(str(error).split())[:200]
