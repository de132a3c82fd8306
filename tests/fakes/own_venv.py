"""A virtual environment of its own for a program whose dependencies would not go with ours."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

PATIENCE = 180
"""Seconds."""


def installed(folder: Path, *requirements: str) -> Path:
    """Its `bin`, with `requirements` in it; where they cannot be had, the test is skipped with the reason."""
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--disable-pip-version-check", *requirements]
    words = " and ".join(requirements)
    try:
        done = subprocess.run(pip, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"{words} could not be installed within {PATIENCE} seconds")
    if done.returncode:
        pytest.skip(f"{words} cannot be installed here: {done.stderr.strip().splitlines()[-1:]}")
    return python.parent
