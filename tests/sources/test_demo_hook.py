"""The hook behind real boto3 clients: who is asked, what is counted, what is refused, what goes wrong on request."""

from typing import Any

import boto3
import botocore.session
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.parsers import ResponseParserError

from costtui.sources.demo import World, install
from costtui.sources.demo.answers.call import Call
from costtui.sources.demo.answers.table import HANDLERS
from costtui.sources.demo.faults import Denied, Expired, Fault, Malformed, NotEnabled, Offline, Throttled
from costtui.sources.demo.hook import DemoShapeError, check
from tests.fakes.demo import PROD, STAGE, client


def test_each_profile_is_its_own_account() -> None:
    world = World()
    assert client(world, "sts").get_caller_identity()["Account"] == PROD
    assert client(world, "sts", profile="stage").get_caller_identity()["Account"] == STAGE
    assert client(world, "sts", profile=STAGE).get_caller_identity()["Account"] == STAGE


def test_a_profile_that_the_company_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="no profile 'payer': use one of prod, stage"):
        install(botocore.session.Session(), World(), profile="payer")


def test_the_users_own_aws_settings_are_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    broken = tmp_path / "config"
    broken.write_text("[not closed")
    monkeypatch.setenv("AWS_PROFILE", "a-profile-of-the-user")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(broken))
    session = botocore.session.Session(profile="prod")
    install(session, World())
    assert boto3.Session(botocore_session=session).client("sts", region_name="us-east-1").get_caller_identity()["Account"] == PROD


def test_every_request_is_told_to_the_meter_before_it_is_answered() -> None:
    seen: list[tuple[str, str, dict[str, Any]]] = []
    world = World()
    world.faults["lambda", "ListFunctions"] = Throttled(times=1)
    functions = client(world, "lambda", on_request=lambda *call: seen.append(call))
    with pytest.raises(ClientError):
        functions.list_functions()
    functions.list_functions(MaxItems=3)
    assert seen == [("lambda", "ListFunctions", {}), ("lambda", "ListFunctions", {"MaxItems": 3})]


def test_a_meter_that_refuses_stops_the_call() -> None:
    def refuse(service: str, operation: str, params: dict[str, Any]) -> None:
        raise RuntimeError(f"over budget: {service}:{operation} {params}")

    with pytest.raises(RuntimeError, match="over budget: ce:ListCostAllocationTags"):
        client(World(), "ce", on_request=refuse).list_cost_allocation_tags()


def test_an_operation_that_is_not_known_is_denied_by_name() -> None:
    with pytest.raises(ClientError, match="does not answer lambda:GetPolicy") as caught:
        client(World(), "lambda").get_policy(FunctionName="x")
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"


FAULTS: list[tuple[Fault, type[Exception], str]] = [
    (Throttled(), ClientError, "ThrottlingException"),
    (Denied(), ClientError, "not authorized to perform: lambda:ListFunctions"),
    (Denied(action="kms:Decrypt"), ClientError, "not authorized to perform: kms:Decrypt"),
    (Expired(), ClientError, "ExpiredTokenException"),
    (NotEnabled(code="SubscriptionRequiredException", message="sign up first"), ClientError, "sign up first"),
    (Malformed(), ResponseParserError, "html"),
    (Offline(), EndpointConnectionError, "lambda.demo.invalid"),
]


@pytest.mark.parametrize(("fault", "error", "words"), FAULTS, ids=lambda value: type(value).__name__ if isinstance(value, Fault) else "")
def test_a_fault_reaches_the_client_as_its_own_kind_of_error(fault: Fault, error: type[Exception], words: str) -> None:
    world = World()
    world.faults["lambda", "ListFunctions"] = fault
    with pytest.raises(error, match=words):
        client(world, "lambda").list_functions()


def test_a_fault_of_one_region_leaves_the_others_alone() -> None:
    world = World()
    world.faults["lambda", "ListFunctions"] = Denied(region="eu-west-1")
    assert client(world, "lambda").list_functions()["Functions"]
    with pytest.raises(ClientError):
        client(world, "lambda", "eu-west-1").list_functions()


def test_the_shape_check_finds_an_answer_that_aws_could_not_give(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HANDLERS, ("sts", "GetCallerIdentity"), lambda _world, _call: {"Account": 111122223333})
    with pytest.raises(DemoShapeError, match=r"GetCallerIdentity.*Account"):
        client(World(), "sts").get_caller_identity()


def test_the_shape_check_finds_a_field_that_the_service_does_not_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HANDLERS, ("sts", "GetCallerIdentity"), lambda _world, _call: {"AccountName": "prod"})
    with pytest.raises(DemoShapeError, match="AccountName"):
        client(World(), "sts").get_caller_identity()


def test_shapes_are_checked_up_to_a_thousand_rows() -> None:
    assert World().check_shapes
    assert World(1_000).check_shapes
    assert not World(1_001).check_shapes


def test_every_handler_belongs_to_an_operation_of_botocore() -> None:
    session = botocore.session.Session()
    for service, operation in HANDLERS:
        assert operation in session.get_service_model(service).operation_names


def test_the_check_also_runs_without_a_hook() -> None:
    model = botocore.session.Session().get_service_model("organizations").operation_model("ListAccounts")
    check(model, HANDLERS["organizations", "ListAccounts"](World(), Call(PROD, "us-east-1", {})))
