"""Errors of the command line: one sentence on stderr, and the exit code that goes with it."""


class CliError(Exception):
    """A command that cannot go on: `what` happened, and the `action` that helps."""

    exit_code = 1

    def __init__(self, what: str, action: str = "") -> None:
        super().__init__(f"{what}: {action}" if action else what)
        self.what = what
        self.action = action


class UsageError(CliError):
    """The command or its input is wrong."""

    exit_code = 2
