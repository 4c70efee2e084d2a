"""The `wiki` program: a lazy command table and the one place where errors become text and exit codes."""

from __future__ import annotations

import importlib
import os
import sys
from typing import NoReturn

import click

from omx_wiki import __version__
from omx_wiki.errors import InvalidInputError, NotFoundError, RefusedError, UnavailableError, WikiError

_COMMANDS = {
    "setup": "setup",
    "uninstall": "setup",
    "add": "pages",
    "show": "pages",
    "list": "pages",
    "rm": "pages",
    "history": "pages",
    "undo": "pages",
    "query": "query",
    "log": "log",
    "blame": "blame",
    "import": "importing",
    "scrub": "scrub",
    "context": "context",
    "status": "context",
    "config": "config",
    "stats": "stats",
    "doctor": "doctor",
    "hook": "hook",
    "plugin": "setup",
    "demo": "demo",
}
_EXIT_CODES: tuple[tuple[type[WikiError], int], ...] = (
    (NotFoundError, 1),
    (InvalidInputError, 2),
    (RefusedError, 3),
    (UnavailableError, 4),
)
_INTERRUPTED, _INTERNAL = 130, 70


class _ReaderGoneError(Exception):
    """Nobody reads our output any more, as after `wiki list | head`."""


class LazyGroup(click.Group):
    """A group that imports a command's module only when the command is needed."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a broken pipe passes click, which would exit with 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderGoneError from error

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """Return the names in the order people meet them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command `cmd_name`, None when there is no such command."""
        module = _COMMANDS.get(cmd_name)
        if module is None:
            return None
        loaded = importlib.import_module(f"omx_wiki_cli.commands.{module}")
        command = getattr(loaded, f"{cmd_name}_command")
        assert isinstance(command, click.Command)  # noqa: S101  (a programming error, not input)
        return command


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-C", "directory", default=".", metavar="DIR", help="Work for the project of this folder.")
@click.version_option(__version__, prog_name="wiki")
@click.pass_context
def cli(ctx: click.Context, directory: str) -> None:
    """A wiki and session journal for the project you are in.

    Pages are Markdown files in .omx/wiki: edit them by hand whenever you like.
    """
    if not os.path.isdir(directory):
        raise click.BadParameter(f"{directory!r} is not a folder", ctx, param_hint="-C")
    ctx.obj = os.path.abspath(directory)


def main() -> NoReturn:
    """Run the program and exit: 0 ok, 1 nothing found, 2 usage, 3 refused, 4 the surroundings forbid it."""
    _open_missing_streams()
    try:
        code = cli.main(prog_name="wiki", standalone_mode=False)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        _say(error.format_message(), f"see `{context.command_path} --help`" if context else "")
        code = error.exit_code
    except WikiError as error:
        _say(str(error), error.hint)
        code = next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), _EXIT_CODES[-1][1])
    except (click.Abort, KeyboardInterrupt):
        code = _INTERRUPTED
    except (_ReaderGoneError, BrokenPipeError):
        _drop_output()
        code = 0
    except OSError as error:
        _drop_output()
        _say(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), "")
        code = 4
    except Exception:  # noqa: BLE001  (the one boundary: nobody gets a traceback)
        _report_bug()
        code = _INTERNAL
    sys.exit(code if isinstance(code, int) else 0)


def _drop_output() -> None:
    """Let output that cannot be written go nowhere, so that nothing fails at exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _open_missing_streams() -> None:
    """Give a program that was started with closed streams empty ones."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115  (it stays open)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def _say(message: str, hint: str) -> None:
    click.echo(f"wiki: {message}{f' ({hint})' if hint else ''}", err=True)


def _report_bug() -> None:
    """Keep the traceback where it can be sent from, and say so in one line."""
    import traceback

    from omx_wiki.project import ensure_private, state_home

    path = os.path.join(state_home(), "error.log")
    if ensure_private(state_home()):
        with open(path, "w", encoding="utf-8", errors="replace") as file:
            file.write(f"omx-wiki {__version__}, Python {sys.version}\n{traceback.format_exc()}")
    _say(f"an unexpected error: {sys.exc_info()[1]!r}", f"please report it with {path}")
