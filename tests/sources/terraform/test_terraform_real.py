"""Plans that the terraform program itself writes."""

import hashlib
import os
import pathlib
import shutil
import subprocess
from datetime import date

import msgspec
import pytest

from costtui.domain.drift.judge import judge
from costtui.sources.terraform import TerraformReading, read
from tests.fakes.own_venv import installed

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


def terraform(folder: pathlib.Path, *arguments: str, **variables: str) -> str:
    environment = os.environ | {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"} | variables
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


PYVIDER = "0.8.1"
FILES = """
terraform {
  required_providers { pyvider = { source = "local/providers/pyvider" } }
}
variable "secret" {
  sensitive = true
  default   = "hunter2-in-the-plan"
}
locals { files = { changed = "declared", gone = "declared", kept = "declared", secret = var.secret } }
resource "pyvider_file_content" "all" {
  for_each = toset(["changed", "gone", "kept", "secret"])
  filename = "${path.module}/${each.key}.txt"
  content  = local.files[each.key]
}
"""
"""Files, by a provider that needs no network: what is changed behind its back is drift that Terraform itself finds."""
LAUNCHER = "#!{python}\nfrom pyvider.cli.__main__ import main\nmain()\n"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A command line configuration with the file provider in it. `COSTTUI_PYVIDER` names the `bin` of an environment that has it."""
    folder = tmp_path_factory.mktemp("pyvider")
    known = os.environ.get("COSTTUI_PYVIDER")
    bin_ = pathlib.Path(known) if known else installed(folder / "venv", f"pyvider=={PYVIDER}", f"pyvider-components=={PYVIDER}")
    launcher = folder / "terraform-provider-pyvider"
    launcher.write_text(LAUNCHER.format(python=bin_ / "python"))
    launcher.chmod(0o755)
    configuration = folder / "terraform.rc"
    overrides = f'dev_overrides {{ "local/providers/pyvider" = "{folder}" }}'
    configuration.write_text(f"provider_installation {{\n  {overrides}\n  direct {{}}\n}}\n")
    return str(configuration)


def planned(folder: pathlib.Path, provider: str, *arguments: str) -> TerraformReading:
    terraform(folder, "plan", *arguments, "-out=binary", "-no-color", TF_CLI_CONFIG_FILE=provider)
    shown = folder / "plan.json"
    shown.write_text(terraform(folder, "show", "-json", "binary", TF_CLI_CONFIG_FILE=provider))
    return read(shown, key=b"mine")


def test_files_changed_behind_terraforms_back_are_shown_and_nothing_else(tmp_path: pathlib.Path, provider: str) -> None:
    (tmp_path / "main.tf").write_text(FILES)
    terraform(tmp_path, "apply", "-auto-approve", "-no-color", TF_CLI_CONFIG_FILE=provider)
    (tmp_path / "changed.txt").write_text("by hand")
    (tmp_path / "gone.txt").unlink()
    (tmp_path / "secret.txt").write_text("hunter3-by-hand")

    reading = planned(tmp_path, provider, "-refresh-only")
    judged = judge(reading.findings, today=date(2026, 11, 24))
    assert (reading.kind, judged.reported, judged.real, reading.coverage.checked) == ("refresh-only", 3, 3, 4)
    changed, gone, secret = judged.rows
    assert [row.address for row in judged.rows] == [f'pyvider_file_content.all["{name}"]' for name in ("changed", "gone", "secret")]
    assert ("/content", '"declared"', '"by hand"') in {(one.path, one.expected, one.actual) for one in changed.differences}
    assert (gone.status, gone.severity) == ("deleted", "high")
    assert all(one.redacted and one.fingerprint for one in secret.differences)
    told = msgspec.json.encode(reading).decode()
    for value in (SECRET, "hunter3-by-hand"):
        assert value not in told
        assert hashlib.sha256(value.encode()).hexdigest() not in told  # the provider writes it beside the content, unmasked

    (tmp_path / "secret.txt").write_text("hunter4-by-hand")
    again = judge(planned(tmp_path, provider).findings, today=date(2026, 11, 24)).rows
    assert [row.reason for row in again] == ["apply will revert it", "apply will create it again", "apply will revert it"]
    assert again[2].differences[0].fingerprint != secret.differences[0].fingerprint
