"""`wiki demo`: the whole thread in a temporary repository, leaving nothing behind."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

import click

from omx_wiki.errors import WikiError
from omx_wiki.hosts.launcher import wiki_command
from omx_wiki.templates import template_folder
from omx_wiki_cli import render

_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TERM", "SYSTEMROOT", "NO_COLOR")


@click.command("demo")
def demo_command() -> None:
    """Show everything once in a temporary repository, then remove it again.

    Nothing of yours is read or changed: home, Codex home and state are temporary folders as well.
    """
    with tempfile.TemporaryDirectory(prefix="omx-wiki-demo-") as folder:
        _show(_Stage(os.path.realpath(folder)))
    render.say(
        "\nThe demo has removed its temporary folders. Start for real: run `wiki setup` in a repository."
    )
    if codex := shutil.which("codex"):
        render.say(
            f"codex is here ({codex}): `wiki setup --trust`, start codex in that repository, and ask it"
        )
        render.say("what the project wiki says.")


def _show(stage: _Stage) -> None:
    stage.tell("A repository, and a wiki in it that Codex starts with:")
    stage.wiki("setup", "--trust")
    stage.tell("Bring in pages that exist already:")
    stage.wiki("import", "markdown", os.path.join(template_folder(), "demo"))
    stage.tell("What the next Codex session is told when it starts (from the installed hook):")
    stage.hook()
    stage.tell("Keep a finding:")
    text = "The vendor bans a key for an hour after the fifth failure, so retries stop after four attempts."
    stage.wiki("add", "Retry policy", text, "--tag", "network", "--category", "decision")
    stage.tell("Find it again, in other words and in part of a word:")
    stage.wiki("query", "how", "often", "do", "we", "retry")
    stage.wiki("query", "renam*", "fsync", "-n", "1")
    stage.tell("And remove everything but the pages:")
    stage.wiki("uninstall")


class _Stage:
    """A temporary repository with homes of its own."""

    def __init__(self, folder: str) -> None:
        self.repository = os.path.join(folder, "lantern")
        self.home = os.path.join(folder, "home")
        os.makedirs(self.repository)
        os.makedirs(os.path.join(self.home, ".codex"))
        kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        # No background work: it would outlive the folders.
        self.environment = {**kept, "HOME": self.home, "USERPROFILE": self.home, "OMX_WIKI_BACKGROUND": "0"}
        if git := shutil.which("git"):
            self._run([git, "init", "-q", self.repository])

    def tell(self, text: str) -> None:
        """Say what comes next."""
        render.print_line(render.styled(f"\n# {text}", render.BOLD))

    def wiki(self, *words: str) -> None:
        """Run a `wiki` command and show it with what it prints."""
        shown = shlex.join(["wiki", *words]).replace(template_folder(), "templates")
        click.echo(f"$ {shown}")
        done = self._run([wiki_command(), *words])
        self._print(done.stderr + done.stdout)
        if done.returncode:
            raise WikiError(f"the demo failed at `{shown}` (exit code {done.returncode})")

    def hook(self) -> None:
        """Run the installed hook as Codex does and show the context it answers with."""
        with open(os.path.join(self.home, ".codex", "hooks.json"), encoding="utf-8") as file:
            handler = json.load(file)["hooks"]["SessionStart"][0]["hooks"][0]
        payload = {
            "hook_event_name": "SessionStart",
            "source": "startup",
            "cwd": self.repository,
            "session_id": "demo",
        }
        command = handler["commandWindows" if sys.platform == "win32" else "command"]
        done = self._run(["sh", "-c", command], json.dumps(payload))
        self._print(json.loads(done.stdout)["hookSpecificOutput"]["additionalContext"])

    def _run(self, command: list[str], text: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.repository,
            env=self.environment,
            input=text,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )

    def _print(self, text: str) -> None:
        shown = text.replace(self.home, "~").replace(self.repository, "lantern")
        click.echo("".join(f"  {line}\n" for line in shown.splitlines()), nl=False)
