"""Lambda ListFunctions, and the versions, aliases and provisioned concurrency of one: at most 50 items a page, whatever is asked for."""

from costtui.sources.demo.answers.call import Answer, Call, Table, page, page_size
from costtui.sources.demo.company import Function
from costtui.sources.demo.faults import CloudError
from costtui.sources.demo.seed import hexadecimal, unit
from costtui.sources.demo.versions import Published, Versions, versions_of
from costtui.sources.demo.world import World

PAGE = 50
NO_SNAP_START = {"ApplyOn": "None", "OptimizationStatus": "Off"}
SNAP_START = {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"}
"""Of the newest code: only what is published has a snapshot."""


def list_functions(world: World, call: Call) -> Answer:
    functions = list(world.functions_in(call.account, call.region).values())
    size = page_size(call.params.get("MaxItems"), PAGE)
    listed, marker = page(functions, call.params.get("Marker"), size, error="InvalidParameterValueException")
    answer: Answer = {"Functions": [configuration(function) for function in listed]}
    return answer if marker is None else {**answer, "NextMarker": marker}


def configuration(function: Function) -> Answer:
    """FunctionConfiguration as ListFunctions gives it: without State and RuntimeVersionConfig."""
    name = function.name
    handler = "bootstrap" if function.runtime.startswith("provided") else "app.handler"
    return {
        "FunctionName": name,
        "FunctionArn": function.arn,
        "Runtime": function.runtime,
        "Role": f"arn:aws:iam::{function.account}:role/{function.stack}-lambda",
        "Handler": handler,
        "CodeSize": int(200_000 + 40_000_000 * unit("code", name)),
        "Description": "",
        "Timeout": 900 if function.duration_ms > 20_000 else 60 if function.duration_ms > 1_000 else 15,
        "MemorySize": function.memory_mb,
        "LastModified": function.modified.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "CodeSha256": hexadecimal(43, "code", name) + "=",
        "Version": "$LATEST",
        "TracingConfig": {"Mode": "PassThrough"},
        "RevisionId": hexadecimal(32, "revision", name),
        "PackageType": "Zip",
        "Architectures": [function.architecture],
        "EphemeralStorage": {"Size": 2048 if name.startswith("video-") else 512},
        "SnapStart": SNAP_START if versions_of(name).snap_start else NO_SNAP_START,
        "LoggingConfig": {"LogFormat": "JSON", "LogGroup": f"/aws/lambda/{name}"},
    }


def account_settings(world: World, call: Call) -> Answer:
    functions = world.functions_in(call.account, call.region)
    return {"AccountLimit": {"ConcurrentExecutions": 1000}, "AccountUsage": {"TotalCodeSize": 0, "FunctionCount": len(functions)}}


def list_versions(world: World, call: Call) -> Answer:
    function, known = _known(world, call)
    newest = configuration(function)
    return _listed(call, "Versions", [newest, *(_version(newest, one, known) for one in known.versions)])


def _version(newest: Answer, published: Published, known: Versions) -> Answer:
    return {
        **newest,
        "FunctionArn": f"{newest['FunctionArn']}:{published.number}",
        "Version": published.number,
        "MemorySize": published.memory_mb,
        "LastModified": published.published.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "SnapStart": {**SNAP_START, "OptimizationStatus": "On"} if known.snap_start else NO_SNAP_START,
    }


def list_aliases(world: World, call: Call) -> Answer:
    function, known = _known(world, call)
    aliases = [
        {"AliasArn": f"{function.arn}:{one.name}", "Name": one.name, "FunctionVersion": one.version, "Description": ""}
        for one in known.aliases
    ]
    return _listed(call, "Aliases", aliases)


def list_provisioned(world: World, call: Call) -> Answer:
    function, known = _known(world, call)
    configs = [
        {
            "FunctionArn": f"{function.arn}:{one.qualifier}",
            "RequestedProvisionedConcurrentExecutions": one.count,
            "AvailableProvisionedConcurrentExecutions": one.count,
            "AllocatedProvisionedConcurrentExecutions": one.count,
            "Status": "READY",
            "LastModified": one.since.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        }
        for one in known.provisioned
    ]
    return _listed(call, "ProvisionedConcurrencyConfigs", configs)


def _known(world: World, call: Call) -> tuple[Function, Versions]:
    name = call.params["FunctionName"]
    function = world.functions_in(call.account, call.region).get(name)
    if function is None:
        raise CloudError("ResourceNotFoundException", f"Function not found: {name}", 404)
    return function, versions_of(name)


def _listed(call: Call, field: str, items: list[Answer]) -> Answer:
    listed, marker = page(items, call.params.get("Marker"), PAGE, error="InvalidParameterValueException")
    return {field: list(listed)} if marker is None else {field: list(listed), "NextMarker": marker}


HANDLERS: Table = {
    ("lambda", "ListFunctions"): list_functions,
    ("lambda", "GetAccountSettings"): account_settings,
    ("lambda", "ListVersionsByFunction"): list_versions,
    ("lambda", "ListAliases"): list_aliases,
    ("lambda", "ListProvisionedConcurrencyConfigs"): list_provisioned,
}
