"""`costtui completion SHELL`: what the shell needs to complete commands, options and their choices."""

import argparse
from collections.abc import Iterator

from costtui.cli.examples import examples
from costtui.cli.main import COMMANDS, build_parser
from costtui.cli.output import answer
from costtui.panes import panes

SHELLS = ("bash", "zsh", "fish")
PANES = "show"
"""The command whose first word is a pane."""

BASH = """\
_costtui() {{
    local word command="" at previous="${{COMP_WORDS[COMP_CWORD-1]}}" current="${{COMP_WORDS[COMP_CWORD]}}"
    for ((at = 1; at < COMP_CWORD; at++)); do
        case "${{COMP_WORDS[at]}}" in {commands}) command="${{COMP_WORDS[at]}}"; break ;; esac
    done
    case "$command $previous" in
{choices}
    esac
    case "$command" in
{words}
    esac
    COMPREPLY=($(compgen -W "$word" -- "$current"))
    [[ ${{#COMPREPLY[@]}} -gt 0 || "$current" == -* ]] || COMPREPLY=($(compgen -f -- "$current"))
}}
complete -o filenames -F _costtui costtui
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help="bash | zsh | fish")
    examples(
        parser,
        'eval "$(costtui completion bash)"        in ~/.bashrc; the same with zsh in ~/.zshrc',
        "costtui completion fish | source         in ~/.config/fish/config.fish",
    )


def run(args: argparse.Namespace) -> int:
    answer(_fish() if args.shell == "fish" else _bash(zsh=args.shell == "zsh"))
    return 0


def _options(command: str | None) -> Iterator[argparse.Action]:
    """The options of a command, or of costtui itself."""
    parser = build_parser(command)
    if command is not None:
        subparsers = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
        parser = subparsers.choices[command]
    return (action for action in parser._actions if not isinstance(action, argparse._SubParsersAction))


def _words(command: str | None) -> list[str]:
    """What may follow: options, and the names that stand without a dash."""
    found = [option for action in _options(command) for option in action.option_strings]
    if command is None:
        return [*COMMANDS, *found]
    named = [str(choice) for action in _options(command) if not action.option_strings for choice in action.choices or ()]
    return [*named, *([spec.id for spec in panes()] if command == PANES else []), *found]


def _bash(*, zsh: bool) -> str:
    """zsh reads it too, by its own emulation of bash's completion."""
    choices, words = [], []
    for command in (None, *COMMANDS):
        for action in _options(command):
            if action.option_strings and action.choices:
                names = "|".join(f'"{command or ""} {option}"' for option in action.option_strings)
                choices.append(
                    f'        {names}) COMPREPLY=($(compgen -W "{" ".join(map(str, action.choices))}" -- "$current")); return ;;'
                )
        words.append(f'        "{command or ""}") word="{" ".join(_words(command))}" ;;')
    text = BASH.format(commands="|".join(COMMANDS), choices="\n".join(choices), words="\n".join(words))
    return f"autoload -U +X bashcompinit && bashcompinit\n{text}" if zsh else text


def _fish() -> str:
    lines = ["complete -c costtui -f"]
    lines += [f"complete -c costtui -n __fish_use_subcommand -a {name} -d '{help_text}'" for name, help_text in COMMANDS.items()]
    for command in (None, *COMMANDS):
        when = "__fish_use_subcommand" if command is None else f"'__fish_seen_subcommand_from {command}'"
        for action in _options(command):
            for option in action.option_strings:
                if option.startswith("--"):
                    takes = f" -x -a '{' '.join(map(str, action.choices))}'" if action.choices else "" if action.nargs == 0 else " -r -F"
                    lines.append(f"complete -c costtui -n {when} -l {option[2:]}{takes}")
        if command is not None and (named := [word for word in _words(command) if not word.startswith("-")]):
            lines.append(f"complete -c costtui -n {when} -a '{' '.join(named)}'")
    return "\n".join(lines) + "\n"
