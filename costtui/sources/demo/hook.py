"""The demo cloud behind real boto3 clients: botocore's `before-call` event, which may answer instead of the network.

What the hook replaces is everything after a request is built: signing, sending, retrying and parsing. Those are tested over HTTP.
"""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from costtui.sources.demo.answers.call import Answer, Call
from costtui.sources.demo.answers.table import answer
from costtui.sources.demo.faults import CloudError, Unreachable, Unreadable
from costtui.sources.demo.world import World

if TYPE_CHECKING:
    import botocore.session

OnRequest = Callable[[str, str, dict[str, Any]], None]
"""Called with service, operation and parameters before every answer, as `before-send` would be for a real request."""


class DemoShapeError(AssertionError):
    """An answer of the demo cloud that AWS could not have given."""


class _Response:
    """The part of an HTTP response that botocore looks at after `before-call`."""

    def __init__(self, status_code: int) -> None:
        self.status_code = status_code
        self.headers: dict[str, str] = {}


def install(
    session: "botocore.session.Session",
    world: World,
    *,
    profile: str = "prod",
    check_shapes: bool = True,
    on_request: OnRequest | None = None,
) -> None:
    """Let every client made from `session` be answered by `world`, as the account of `profile` (a profile name or account id).

    The session no longer reads AWS_PROFILE and the user's AWS files: the demo needs no account and must not fail over one.
    An operation that the demo does not know is denied by name. ValueError when the company has no such profile.
    """
    account = world.company.account_id(profile)
    _isolate(session)

    def remember(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["demo_params"] = params

    def answered(model: Any, context: dict[str, Any], **_: Any) -> tuple[_Response, Answer]:
        service, operation = model.service_model.service_name, model.name
        params = context["demo_params"]
        if on_request is not None:
            on_request(service, operation, params)
        status, body = _say(world, model, Call(account, context["client_region"], params), check_shapes)
        metadata = {"HTTPStatusCode": status, "RequestId": "demo", "RetryAttempts": 0, "HTTPHeaders": {}}
        return _Response(status), {**body, "ResponseMetadata": metadata}

    session.register("provide-client-params.*.*", remember)
    session.register("before-call.*.*", answered)


def _isolate(session: "botocore.session.Session") -> None:
    session.set_config_variable("profile", None)
    session.session_var_map["profile"] = (None, None, None, None)
    session.session_var_map["config_file"] = (None, None, os.devnull, None)
    session.session_var_map["credentials_file"] = (None, None, os.devnull, None)
    session.set_credentials("demo", "demo")


def _say(world: World, model: Any, call: Call, check_shapes: bool) -> tuple[int, Answer]:
    from botocore.exceptions import EndpointConnectionError
    from botocore.parsers import ResponseParserError

    try:
        body = answer(world, model.service_model.service_name, model.name, call)
    except CloudError as error:
        return error.status, {"Error": {"Code": error.code, "Message": error.message}}
    except Unreadable as error:
        raise ResponseParserError(f"Unable to parse response: {error}") from None
    except Unreachable as error:
        raise EndpointConnectionError(endpoint_url=f"https://{error}/") from None
    if check_shapes:
        check(model, body)
    return 200, body


def check(model: Any, body: Answer) -> None:
    """Hold an answer against botocore's output shape; DemoShapeError names what is wrong."""
    from botocore.validate import ParamValidator

    if model.output_shape is None:
        return
    report = ParamValidator().validate(body, model.output_shape)
    if report.has_errors():
        raise DemoShapeError(f"{model.name}: {report.generate_report()}")
