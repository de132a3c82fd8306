"""The demo's configuration text."""

from importlib.resources import files

PLAN = "plan.json"
"""The name under which the configuration expects `files.terraform_plan`, beside itself."""

TUNING = "tuning"
"""The folder that it expects `tuning.tuning_files` in."""


def config() -> str:
    """TOML in the form of a user's `config.toml`. Its hosts end in .invalid and are answered by `http.transport`."""
    return (files("costtui.sources.demo") / "config.toml").read_text(encoding="utf-8")
