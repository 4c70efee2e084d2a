"""The documentation names what exists, and only that."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from omx_wiki.hook.settings_file import parse_settings
from omx_wiki.hook.settings_keys import MOST_PINS
from omx_wiki.hook.switches import BUDGET, DEFAULTS, LEAST_BUDGET, MOST_BUDGET, OFF, SECTIONS, USER_FILE
from omx_wiki.templates import template
from omx_wiki_cli.main import cli

ROOT = Path(__file__).parents[2]
COMMANDS = sorted(cli.list_commands(None))  # type: ignore[arg-type]  # the context is not used
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "CONTRIBUTING.md"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    assert f"`wiki {name}" in (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    shown = CliRunner().invoke(cli, [name, "--help"])
    assert shown.exit_code == 0
    assert len(shown.output.splitlines()) > 4


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_command_in_the_docs_exists(path: Path) -> None:
    for name in re.findall(r"`wiki ([a-z]+)", path.read_text(encoding="utf-8")):
        assert name in COMMANDS


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_link_in_the_docs_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize("key", sorted(DEFAULTS))
def test_every_setting_is_documented_with_its_default(key: str) -> None:
    default = json.dumps(DEFAULTS[key])
    rows = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8").splitlines()
    assert sum(row.startswith(f"| `{key}` | `{default}` |") for row in rows) == 1


def test_the_documented_ranges_and_names_are_those_that_are_checked() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert f"{LEAST_BUDGET} to {MOST_BUDGET}" in text
    assert f"at most {MOST_PINS}" in text
    for name in (*SECTIONS, OFF, BUDGET, USER_FILE, ".omx/wiki.off", ".omx/wiki.toml"):
        assert f"`{name}`" in text


def test_the_template_shows_every_setting_with_its_default() -> None:
    shown = template("wiki.toml")
    assert parse_settings(shown.encode()).values == {}
    uncommented = re.sub(r"^# (\w+ = )", r"\1", shown, flags=re.MULTILINE)
    found = parse_settings(uncommented.encode())
    assert (found.values, found.complaints) == (DEFAULTS, [])


def test_every_module_is_on_the_map() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    packages = [
        path.name for path in (ROOT / "wiki" / "omx_wiki").iterdir() if (path / "__init__.py").exists()
    ]
    for name in [*packages, "project.py", "settings.py", "worker.py", "errors.py", "templates.py"]:
        assert name in text
