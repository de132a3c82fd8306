"""Errors of boto3's as problems: what happened, and what to do."""

from typing import Any

import pytest
from botocore import exceptions
from botocore.parsers import ResponseParserError

from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.errors import problem_of

ARN = "arn:aws:iam::111122223333:user/reader"


def client_error(code: str, message: str = "") -> exceptions.ClientError:
    return exceptions.ClientError({"Error": {"Code": code, "Message": message}}, "ListFunctions")


def told(error: Exception, profile: str = "prod") -> Problem:
    return problem_of(error, source="aws.lambda", where="prod/us-east-1", profile=profile)


CODES = [
    ("ExpiredToken", "expired", "the session has expired", "run: aws sso login --profile prod"),
    ("ExpiredTokenException", "expired", "the session has expired", "run: aws sso login --profile prod"),
    ("RequestExpired", "expired", "the session has expired", "run: aws sso login --profile prod"),
    ("InvalidClientTokenId", "no-credentials", "AWS does not know these keys here", "the region may not be enabled"),
    ("UnrecognizedClientException", "no-credentials", "AWS does not know these keys here", "the region may not be enabled"),
    ("AuthFailure", "no-credentials", "AWS does not know these keys here", "the region may not be enabled"),
    ("SignatureDoesNotMatch", "clock-skew", "AWS refused the signature", "clock"),
    ("InvalidSignatureException", "clock-skew", "AWS refused the signature", "clock"),
    ("RequestTimeTooSkewed", "clock-skew", "AWS refused the signature", "clock"),
    ("Throttling", "throttled", "AWS throttled the call", "wait a minute"),
    ("ThrottlingException", "throttled", "AWS throttled the call", "wait a minute"),
    ("TooManyRequestsException", "throttled", "AWS throttled the call", "wait a minute"),
    ("RequestLimitExceeded", "throttled", "AWS throttled the call", "wait a minute"),
    ("LimitExceededException", "throttled", "AWS throttled the call", "wait a minute"),
    ("DataUnavailableException", "not-enabled", "Cost Explorer has no data yet", "24 hours"),
    ("OptInRequiredException", "not-enabled", "the account is not enrolled", "opt in"),
    ("AWSOrganizationsNotInUseException", "not-enabled", "the account is in no organization", "own data"),
    ("NoAvailableConfigurationRecorderException", "not-enabled", "AWS Config records nothing here", "recorder"),
    ("403", "malformed", "the answer is not from AWS (HTTP 403)", "proxy"),
    ("ServiceException", "failed", "ServiceException", "--log-file"),
]


@pytest.mark.parametrize(("code", "kind", "what", "action"), CODES)
def test_codes(code: str, kind: str, what: str, action: str) -> None:
    found = told(client_error(code, "" if kind == "failed" else "words of AWS"))
    assert found.kind == kind
    assert found.what.startswith(what)
    assert action in found.action
    assert (found.source, found.where) == ("aws.lambda", "prod/us-east-1")


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException"])
@pytest.mark.parametrize("tail", [" on resource: * because no identity-based policy allows it", "", ", because", "."])
def test_a_denial_names_the_missing_action(code: str, tail: str) -> None:
    found = told(client_error(code, f"User: {ARN} is not authorized to perform: lambda:ListFunctions{tail}"))
    assert found.kind == "denied"
    assert found.what == "no permission for lambda:ListFunctions"
    assert found.action == "let the identity have lambda:ListFunctions"


def test_an_explicit_deny_is_told_apart_since_no_permission_of_ones_own_helps() -> None:
    message = (
        f"User: {ARN} is not authorized to perform: ce:GetCostAndUsage on resource: * with an explicit deny in a service control policy"
    )
    found = told(client_error("AccessDeniedException", message))
    assert (found.kind, found.what) == ("denied", "ce:GetCostAndUsage is denied by a policy")
    assert "retrying does not help" in found.action


def test_cost_explorer_that_is_off_is_no_missing_permission() -> None:
    found = told(client_error("AccessDeniedException", "User not enabled for cost explorer access"))
    assert found.kind == "not-enabled"


def test_a_wrong_mfa_code_is_no_missing_permission() -> None:
    found = told(client_error("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code."))
    assert (found.kind, found.what) == ("no-credentials", "the MFA code was not accepted")


EXCEPTIONS: list[tuple[Exception, str, str, str]] = [
    (exceptions.NoCredentialsError(), "no-credentials", "no usable AWS credentials for profile 'prod'", "aws sso login --profile prod"),
    (
        exceptions.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
        "no-credentials",
        "no usable AWS credentials for profile 'prod'",
        "--demo",
    ),
    (
        exceptions.CredentialRetrievalError(provider="custom-process", error_msg="exit 1"),
        "no-credentials",
        "no usable AWS credentials for profile 'prod'",
        "--demo",
    ),
    (exceptions.InvalidConfigError(error_msg="loop"), "no-credentials", "no usable AWS credentials for profile 'prod'", "--demo"),
    (exceptions.ProfileNotFound(profile="prod"), "no-credentials", "no AWS configuration for profile 'prod'", "--profile"),
    (exceptions.SSOTokenLoadError(error_msg="none"), "expired", "the SSO session has ended", "aws sso login --profile prod"),
    (exceptions.UnauthorizedSSOTokenError(), "expired", "the SSO session has ended", "aws sso login --profile prod"),
    (exceptions.TokenRetrievalError(provider="sso", error_msg="expired"), "expired", "the SSO session has ended", "aws sso login"),
    (exceptions.NoRegionError(), "no-credentials", "no region is set", "AWS_REGION"),
    (exceptions.InvalidRegionError(region_name="us_east"), "no-credentials", "no region is set", "--region"),
    (exceptions.MissingDependencyException(msg="crt"), "no-credentials", "this profile needs botocore's crt extra", "botocore[crt]"),
    (exceptions.EndpointConnectionError(endpoint_url="https://x"), "offline", "no answer (Could not connect", "HTTPS_PROXY"),
    (exceptions.ConnectTimeoutError(endpoint_url="https://x"), "offline", "no answer (Connect timeout", "AWS_ENDPOINT_URL"),
    (exceptions.ReadTimeoutError(endpoint_url="https://x"), "offline", "no answer (Read timeout", "network"),
    (exceptions.ConnectionClosedError(endpoint_url="https://x"), "offline", "no answer (", "network"),
    (exceptions.ProxyConnectionError(proxy_url="http://p"), "offline", "the proxy did not answer (", "HTTPS_PROXY"),
    (exceptions.SSLError(endpoint_url="https://x", error="bad"), "offline", "TLS failed (", "AWS_CA_BUNDLE"),
    (ResponseParserError("Unable to parse <html>"), "malformed", "the answer is not from AWS", "proxy"),
    (exceptions.UnknownServiceError(service_name="x", known_service_names="y"), "failed", "Unknown service: 'x'", "--log-file"),
    (exceptions.RefreshWithMFAUnsupportedError(), "expired", "the session that an MFA code opened has ended", "refresh"),
    (KeyError("ListFunctionsResult"), "malformed", "the answer is not from AWS", "proxy"),
    (ZeroDivisionError("division by zero"), "failed", "ZeroDivisionError: division by zero", "--log-file"),
]


@pytest.mark.parametrize(("error", "kind", "what", "action"), EXCEPTIONS, ids=lambda value: type(value).__name__)
def test_exceptions(error: Exception, kind: str, what: str, action: str) -> None:
    found = told(error)
    assert found.kind == kind
    assert found.what.startswith(what)
    assert action in found.action


def test_without_a_profile_it_speaks_of_the_environment() -> None:
    assert told(exceptions.NoCredentialsError(), profile="").what == "no usable AWS credentials in the environment"
    assert told(client_error("ExpiredToken"), profile="").action == "sign in (aws sso login), or set AWS_PROFILE"


def test_a_problem_that_is_typed_already_passes_through() -> None:
    problem = Problem("over-budget", "aws.cost-explorer", "no", "wait")
    assert told(SourceError(problem)) == problem


@pytest.mark.parametrize("message", ["line\nline", "x" * 5000])
def test_a_sentence_stays_one_line_and_short(message: str) -> None:
    errors: list[Any] = [client_error("Odd", message), ValueError(message), client_error("AccessDenied", message)]
    for error in errors:
        sentence = told(error).sentence
        assert "\n" not in sentence
        assert len(sentence) < 400


def test_curly_braces_in_a_message_are_text() -> None:
    assert "{who}" in told(exceptions.SSLError(endpoint_url="https://x", error="{who}")).what
