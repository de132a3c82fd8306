"""The console command as a user starts it: a process of its own, with nothing of this process but its environment."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

COSTTUI = [sys.executable, "-m", "costtui"]
TIMEOUT = 60


def run(*words: str, cache: Path, env: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    """One command line to its end, stdin closed and stdout a pipe."""
    return subprocess.run(
        [*COSTTUI, "--cache-dir", str(cache), *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=TIMEOUT,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **(env or {})},
        check=False,
    )


def answer(*words: str, cache: Path, env: Mapping[str, str] | None = None) -> str:
    """What a command that must succeed without a word on stderr says on stdout."""
    done = run(*words, cache=cache, env=env)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def document(*words: str, cache: Path, env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The JSON document that a command answers with."""
    read: dict[str, Any] = json.loads(answer(*words, "--format", "json", cache=cache, env=env))
    return read


def states(document: Mapping[str, Any]) -> dict[str, str]:
    """State by source."""
    return {source["name"]: source["state"] for source in document["sources"]}
