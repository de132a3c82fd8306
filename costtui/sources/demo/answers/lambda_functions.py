"""Lambda ListFunctions: at most 50 functions a page, even when more are asked for."""

from costtui.sources.demo.answers.call import Answer, Call, Table, page, page_size
from costtui.sources.demo.company import Function
from costtui.sources.demo.seed import hexadecimal, unit
from costtui.sources.demo.world import World

PAGE = 50


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
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "JSON", "LogGroup": f"/aws/lambda/{name}"},
    }


HANDLERS: Table = {("lambda", "ListFunctions"): list_functions}
