"""`wiki config`: each setting, where it came from, and what is wrong in the files."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from omx_wiki_cli import render
from omx_wiki_cli.location import chosen_project

if TYPE_CHECKING:
    from omx_wiki.project import Project
    from omx_wiki.settings import Loaded

_MOST_WIDTH = 40


@click.command("config")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--init", "is_new", is_flag=True, help="Write a commented .omx/wiki.toml for this project.")
def config_command(*, as_json: bool, is_new: bool) -> None:
    """Print every setting with its value and where it came from.

    Exits with 1 when something in the settings is wrong: that is named on standard error and ignored. A pin
    of a page that does not exist is named there too.
    """
    from omx_wiki.settings import load_settings, write_template

    project = chosen_project()
    if is_new:
        path = write_template(project)
        if as_json:
            render.print_json({"path": path, "created": True})
        else:
            render.print_line(f"created {render.plain(path)}")
        return
    loaded = load_settings(project)
    if as_json:
        render.print_json(_document(project, loaded))
    else:
        _print(loaded)
    for problem in loaded.problems:
        render.say(str(problem))
    for pin in _missing_pins(project, loaded):
        render.say(f"context.pins: there is no page {pin}")
    raise click.exceptions.Exit(1 if loaded.problems else 0)


def _missing_pins(project: Project, loaded: Loaded) -> list[str]:
    from omx_wiki.pages.store import Store

    pins = loaded.values["context.pins"]
    pages = Store(project).scan() if pins and project.has_pages() else {}
    return [pin for pin in pins if pin not in pages]


def _document(project: Project, loaded: Loaded) -> dict[str, Any]:
    from omx_wiki.hook.switches import off_file, project_file, user_file

    return {
        "settings": {
            key: {"value": value, "source": loaded.sources[key]} for key, value in loaded.values.items()
        },
        "files": {"user": user_file(), "project": project_file(project), "off": off_file(project)},
        "problems": [asdict(problem) for problem in loaded.problems],
    }


def _print(loaded: Loaded) -> None:
    """Print the settings as TOML, which may be copied into a settings file."""
    lines = {key: f"{key} = {_toml(value)}" for key, value in loaded.values.items()}
    width = min(max(map(len, lines.values())), _MOST_WIDTH)
    for key, line in lines.items():
        source = f"# {loaded.sources[key]}"
        render.print_line(
            f"{render.plain(f'{line:<{width}}')}  {render.styled(render.plain(source), render.DIM)}"
        )


def _toml(value: Any) -> str:
    """Return a value as TOML; JSON spells these kinds of values the same way."""
    import json

    return json.dumps(value, ensure_ascii=False)
