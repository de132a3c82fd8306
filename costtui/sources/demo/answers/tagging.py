"""Resource Groups Tagging GetResources: at most 100 resources a page."""

from costtui.sources.demo.answers.call import Answer, Call, Table, page, page_size
from costtui.sources.demo.company import Function
from costtui.sources.demo.world import World

PAGE = 100


def function_tags(function: Function) -> dict[str, str]:
    stack_id = f"arn:aws:cloudformation:{function.region}:{function.account}:stack/{function.stack}/1"
    return {
        "aws:cloudformation:stack-id": stack_id,
        "aws:cloudformation:stack-name": function.stack,
        "env": function.environment,
        "owner": f"{function.team}@lumenlabs.invalid",
        "team": function.team,
    }


def get_resources(world: World, call: Call) -> Answer:
    params = call.params
    resources = _resources(world, call.account, call.region)
    types = params.get("ResourceTypeFilters") or []
    arns = set(params.get("ResourceARNList") or ())
    found = [
        (arn, tags)
        for arn, tags in resources
        if (not arns or arn in arns)
        and (not types or any(_is_type(arn, one) for one in types))
        and _has_tags(tags, params.get("TagFilters") or [])
    ]
    size = page_size(params.get("ResourcesPerPage"), PAGE)
    listed, token = page(found, params.get("PaginationToken"), size, error="PaginationTokenExpiredException")
    mapping = [{"ResourceARN": arn, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]} for arn, tags in listed]
    return {"ResourceTagMappingList": mapping, "PaginationToken": token or ""}


def _resources(world: World, account: str, region: str) -> list[tuple[str, dict[str, str]]]:
    return [(function.arn, function_tags(function)) for function in world.functions_in(account, region).values()]


def _is_type(arn: str, wanted: str) -> bool:
    """`lambda:function` and `lambda` both mean arn:aws:lambda:…:function:…"""
    service, _, kind = wanted.partition(":")
    parts = arn.split(":", 5)
    return parts[2] == service and (not kind or parts[5].startswith((f"{kind}:", f"{kind}/")))


def _has_tags(tags: dict[str, str], filters: list[Answer]) -> bool:
    return all(one["Key"] in tags and (not one.get("Values") or tags[one["Key"]] in one["Values"]) for one in filters)


HANDLERS: Table = {("resourcegroupstaggingapi", "GetResources"): get_resources}
