"""costtui reads: every AWS operation in the source is a question."""

import ast
from pathlib import Path

import pytest

from costtui.sources import aws

READS = ("get_", "list_", "describe_", "lookup_", "search_", "select_", "query_")
EXCEPTIONS: dict[str, str] = {
    "start_query_execution": "a SELECT of Athena's, within consent; its answer is written where the configuration says",
    "batch_get_query_execution": "what earlier queries scanned",
    "stop_query_execution": "stops only the query that this run has started",
    "detect_stack_drift": "on a key only: it compares, and CloudFormation remembers when and with what result",
    "detect_stack_resource_drift": "the same for one resource",
}
"""Operations that are no question by name, each with the reason why it changes nothing of the user's."""

CALLS = {"call": 3, "pages": 3, "_pages": 1, "_call": 1}
"""Methods that ask AWS, and which of their arguments names the operation."""


def operations(path: Path) -> dict[str, int]:
    """Every operation that a file names, with its line."""
    found: dict[str, int] = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS):
            continue
        at = CALLS[node.func.attr]
        if len(node.args) > at and isinstance(node.args[at], ast.Constant):
            found[str(node.args[at].value)] = node.lineno  # type: ignore[attr-defined]
    return found


FILES = sorted(Path(aws.__file__).parent.glob("*.py"))
NAMED = {(file.name, name) for file in FILES for name in operations(file)}


def test_the_operations_are_found() -> None:
    assert {name for _, name in NAMED} >= {
        "get_caller_identity",
        "list_functions",
        "get_resources",
        "get_metric_data",
        "describe_stacks",
        "describe_stack_resource_drifts",
        "list_stack_resources",
        "get_cost_and_usage",
    }


@pytest.mark.parametrize(("file", "operation"), sorted(NAMED))
def test_every_operation_only_reads(file: str, operation: str) -> None:
    assert operation.startswith(READS) or EXCEPTIONS.get(operation), f"{file}: {operation} may change something"


def test_no_exception_is_kept_for_nothing() -> None:
    assert set(EXCEPTIONS) <= {name for _, name in NAMED}


def test_there_is_no_other_way_to_a_client() -> None:
    """A client is made in one place, and called in one place, with a name that came through the calls above."""
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        assert (".client(" in text) == (file.name == "cloud.py"), file
        assert ("getattr(client, operation)" in text) == (file.name == "cloud.py"), file


def test_a_call_with_an_operation_that_is_not_written_out_is_seen() -> None:
    for file in FILES:
        if file.name == "cloud.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("call", "pages"):
                operation = node.args[CALLS[node.func.attr]]
                inside_helper = isinstance(operation, ast.Name) and operation.id == "operation"
                assert isinstance(operation, ast.Constant) or inside_helper, f"{file.name}:{node.lineno}"
