"""Plans that the terraform program itself writes."""

import os
import pathlib
import shutil
import subprocess
from datetime import date

import msgspec
import pytest

from costtui.domain.drift.judge import judge
from costtui.sources.terraform import read

TERRAFORM = shutil.which("terraform")
pytestmark = pytest.mark.skipif(TERRAFORM is None, reason="terraform is not on PATH")
SECRET = "hunter2-in-the-plan"
CODE = """
variable "secret" {
  sensitive = true
  default   = "hunter2-in-the-plan"
}
resource "terraform_data" "kept" {
  for_each = toset(["a", "b"])
  input    = { key = each.key, secret = var.secret }
}
"""


def terraform(folder: pathlib.Path, *arguments: str) -> str:
    environment = os.environ | {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    done = subprocess.run(
        [TERRAFORM or "", *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=100, check=True
    )
    return done.stdout


@pytest.fixture
def applied(tmp_path: pathlib.Path) -> pathlib.Path:
    (tmp_path / "main.tf").write_text(CODE)
    terraform(tmp_path, "init", "-no-color")
    terraform(tmp_path, "apply", "-auto-approve", "-no-color")
    return tmp_path


def test_a_plan_and_a_state_of_the_real_program_are_read(applied: pathlib.Path) -> None:
    terraform(applied, "plan", "-out=binary", "-no-color")
    shown = applied / "plan.json"
    shown.write_text(terraform(applied, "show", "-json", "binary"))
    reading = read(shown)
    assert (reading.kind, reading.coverage.checked, reading.coverage.unchecked, reading.findings) == ("plan", 2, 0, [])
    assert SECRET in shown.read_text()
    assert read(applied / "terraform.tfstate").coverage.unchecked == 2


def test_drift_in_a_real_plan_is_found_without_its_secret(applied: pathlib.Path) -> None:
    """The plan is the program's own; only the drift entry, which terraform_data cannot have, is taken from its state."""
    terraform(applied, "plan", "-refresh-only", "-out=binary", "-no-color")
    document = msgspec.json.decode(terraform(applied, "show", "-json", "binary"))
    resource = document["prior_state"]["values"]["root_module"]["resources"][0]
    before = resource["values"] | {"output": {"value": {"secret": "another"}, "type": "string"}}
    change = {"actions": ["update"], "before": before, "after": resource["values"]}
    change |= {"before_sensitive": resource["sensitive_values"], "after_sensitive": resource["sensitive_values"]}
    document["resource_drift"] = [resource | {"change": change}]
    path = applied / "drifted.json"
    path.write_bytes(msgspec.json.encode(document))
    reading = read(path)
    assert (reading.kind, judge(reading.findings, today=date(2026, 11, 24)).real) == ("refresh-only", 1)
    assert reading.findings[0].address == 'terraform_data.kept["a"]'
    assert SECRET not in msgspec.json.encode(reading).decode()
