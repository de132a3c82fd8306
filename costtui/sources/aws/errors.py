"""AWS errors as typed problems that say what to do.

Catch order and codes: botocore.exceptions, the services' common errors, and Cost Explorer's own (LimitExceededException is its throttle).
"""

import re

from costtui.domain.problems import Kind, Problem, SourceError

Answer = tuple[Kind, str, str]
"""Kind, what happened, what to do. `{detail}`, `{who}` and `{sign_in}` are filled in."""

BY_CODE: tuple[tuple[frozenset[str], Answer], ...] = (
    (frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"}), ("expired", "the session has expired", "{sign_in}")),
    (
        frozenset({"InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure"}),
        ("no-credentials", "AWS does not know these keys here", "the region may not be enabled for the account, or the keys are wrong"),
    ),
    (
        frozenset({"SignatureDoesNotMatch", "InvalidSignatureException", "RequestTimeTooSkewed"}),
        ("clock-skew", "AWS refused the signature", "check this machine's clock against UTC, then the secret key"),
    ),
    (
        frozenset(
            {
                "Throttling",
                "ThrottlingException",
                "ThrottledException",
                "TooManyRequestsException",
                "RequestLimitExceeded",
                "LimitExceededException",
            }
        ),
        ("throttled", "AWS throttled the call, retries included", "wait a minute, then refresh"),
    ),
)
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException"}
NOT_ENABLED = {
    "DataUnavailableException": "Cost Explorer has no data yet: it needs about 24 hours after it is enabled",
    "OptInRequiredException": "the account is not enrolled: opt in, which costs nothing, then refresh",
    "AWSOrganizationsNotInUseException": "the account is in no organization: only its own data is shown",
    "NoAvailableConfigurationRecorderException": "AWS Config records nothing here: turn its recorder on, or leave config_rules off",
}


NOT_AWS = ("the answer is not from AWS", "a proxy or a sign-in page may stand in between: check HTTPS_PROXY and the endpoint")

BY_EXCEPTION: tuple[tuple[frozenset[str], Answer], ...] = (
    (
        frozenset({"SSOTokenLoadError", "UnauthorizedSSOTokenError", "TokenRetrievalError"}),
        ("expired", "the SSO session has ended", "{sign_in}"),
    ),
    (
        frozenset({"RefreshWithMFAUnsupportedError"}),
        ("expired", "the session that an MFA code opened has ended", "refresh to be asked for the next code"),
    ),
    (
        frozenset({"ProfileNotFound"}),
        ("no-credentials", "no AWS configuration {who}", "check ~/.aws/config, or name another with --profile"),
    ),
    (
        frozenset({"NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "InvalidConfigError"}),
        ("no-credentials", "no usable AWS credentials {who}", "{sign_in}, or look around with --demo"),
    ),
    (
        frozenset({"NoRegionError", "InvalidRegionError"}),
        ("no-credentials", "no region is set", "set AWS_REGION, --region or [aws] regions"),
    ),
    (
        frozenset({"MissingDependencyException"}),
        ("no-credentials", "this profile needs botocore's crt extra", "pip install 'botocore[crt]' beside costtui"),
    ),
    (
        frozenset({"EndpointConnectionError", "ConnectTimeoutError", "ConnectionClosedError", "ReadTimeoutError", "HTTPClientError"}),
        ("offline", "no answer ({detail})", "check the network, HTTPS_PROXY and AWS_ENDPOINT_URL"),
    ),
    (frozenset({"ProxyConnectionError"}), ("offline", "the proxy did not answer ({detail})", "check HTTPS_PROXY")),
    (frozenset({"SSLError"}), ("offline", "TLS failed ({detail})", "check AWS_CA_BUNDLE")),
)


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
    elif type(error).__name__ == "ResponseParserError" or isinstance(error, KeyError):  # well-formed HTML parses, and lacks the answer
        kind, (what, action) = "malformed", NOT_AWS
    else:
        kind, what, action = "failed", f"{type(error).__name__}: {_one_line(error)}", "see --log-file for the whole story"
    return problem(kind, what, action)


def _client_error(error: dict[str, str], profile: str) -> Answer:
    code, message = error.get("Code", ""), _one_line(error.get("Message", ""))
    if code in NOT_ENABLED:
        what, _, action = NOT_ENABLED[code].partition(": ")
        return "not-enabled", what, action
    if code in DENIED:
        return _denied(message)
    if code.isdigit():  # botocore found no error of AWS's in the answer, only its HTTP status
        return "malformed", f"{NOT_AWS[0]} (HTTP {code})", NOT_AWS[1]
    for codes, answer in BY_CODE:
        if code in codes:
            return _filled(answer, message, profile)
    return "failed", f"{code}: {message}" if message else code or "no error code", "see --log-file for the whole story"


def _denied(message: str) -> Answer:
    if "not enabled for cost explorer" in message.lower():
        return "not-enabled", "Cost Explorer is not enabled", "the payer account must enable it, or allow member accounts"
    if "MultiFactorAuthentication failed" in message:
        return "no-credentials", "the MFA code was not accepted", "refresh and type the next one"
    action = re.search(r"not authorized to perform:? ([\w-]+:\w+)", message)
    name = action[1] if action else "the call"
    if "explicit deny" in message or "service control policy" in message:
        return "denied", f"{name} is denied by a policy", "ask who owns the organization's policies; retrying does not help"
    return "denied", f"no permission for {name}", f"let the identity have {name}" if action else "compare with the policy in the README"


def _core_error(error: Exception, profile: str) -> Answer:
    for names, answer in BY_EXCEPTION:
        if type(error).__name__ in names:
            return _filled(answer, _one_line(error), profile)
    return "failed", _one_line(error), "see --log-file for the whole story"


def _filled(answer: Answer, detail: str, profile: str) -> Answer:
    kind, what, action = answer
    who = f"for profile {profile!r}" if profile else "in the environment"
    words = {"detail": detail, "who": who, "sign_in": _sign_in(profile)}
    return kind, what.format(**words), action.format(**words)


def _sign_in(profile: str) -> str:
    return f"run: aws sso login --profile {profile}" if profile else "sign in (aws sso login), or set AWS_PROFILE"


def _one_line(error: object) -> str:
    return " ".join(str(error).split())[:200]
