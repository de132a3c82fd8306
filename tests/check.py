"""`python -m tests.check`: every check of the project, one after the other, stopping at the first that fails; pytest comes last."""

import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parent.parent
CHECKS = (
    (str(BIN / "ruff"), "check"),
    (str(BIN / "ruff"), "format", "--check"),
    (str(BIN / "mypy"),),
    (str(BIN / "lint-imports"),),
    (sys.executable, "-m", "tests.wheel"),
    (sys.executable, "-m", "tests.screenshots", "--check"),
    (sys.executable, "-m", "pytest", "-rs", "-n", "2", "--dist", "loadfile"),
)


def main() -> int:
    for command in CHECKS:
        words = " ".join(Path(word).name if word.startswith(str(BIN)) else word for word in command)
        sys.stdout.write(f"== {words}\n")
        sys.stdout.flush()
        began = time.monotonic()
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        if status:
            sys.stderr.write(f"tests.check: {words} failed after {time.monotonic() - began:.0f} s\n")
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
