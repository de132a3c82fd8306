"""`python -m tests.wheel`: a wheel built from this checkout holds its data files, and works where there is no checkout."""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
DATA = (".toml", ".json", ".tcss", ".typed")
"""What files of the package that are not code end in."""
NEEDED = {
    "costtui/ui/app.tcss",
    "costtui/domain/prices/aws.json",
    "costtui/domain/drift/guardrails.json",
    "costtui/sources/demo/config.toml",
}


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="costtui-wheel-") as folder:
        there = Path(folder)
        _pip(sys.executable, "wheel", "--no-deps", "--wheel-dir", str(there), str(ROOT))
        (wheel,) = there.glob("costtui-*.whl")
        lacking = _expected() - set(zipfile.ZipFile(wheel).namelist())
        if lacking:
            sys.stderr.write(f"the wheel lacks {', '.join(sorted(lacking))}\n")
            return 1
        rows = _rows_from(wheel, there)
    sys.stdout.write(f"{wheel.name} holds {len(_expected())} data files and shows {rows} functions\n")
    return 0 if rows >= 20 else 1


def _expected() -> set[str]:
    """Every data file of the package; the ones that are needed by name must be among them."""
    found = {str(path.relative_to(ROOT)) for path in (ROOT / "costtui").rglob("*") if path.suffix in DATA}
    return found | NEEDED


def _rows_from(wheel: Path, there: Path) -> int:
    """Rows of the demo's functions as the installed wheel shows them, started in an empty directory."""
    environment = there / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    _pip(str(environment / "bin" / "python"), "install", str(wheel))
    empty = there / "empty"
    empty.mkdir()
    command = [str(environment / "bin" / "costtui"), "--demo", "--cache-dir", str(there / "cache"), "show", "functions", "--format", "json"]
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "COSTTUI_CONFIG")}
    shown = subprocess.run(command, cwd=empty, env=clean, stdout=subprocess.PIPE, check=True)
    return len(json.loads(shown.stdout)["rows"])


def _pip(python: str, *words: str) -> None:
    subprocess.run([python, "-m", "pip", words[0], "-qq", "--disable-pip-version-check", *words[1:]], check=True)


if __name__ == "__main__":
    sys.exit(main())
