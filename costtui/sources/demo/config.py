"""The demo's configuration text."""

from pathlib import Path

PLAN = "plan.json"
"""The name under which the configuration expects `files.terraform_plan`, beside itself."""

TUNING = "tuning"
"""The folder that it expects `tuning.tuning_files` in."""


def config() -> str:
    """TOML in the form of a user's `config.toml`. Its hosts end in .invalid and are answered by `http.transport`."""
    return Path(__file__).with_name("config.toml").read_text(encoding="utf-8")
