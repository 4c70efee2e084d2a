"""The architecture, held by tests: who may import whom, and who alone imports each library."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARY, CLI = ROOT / "wiki" / "omx_wiki", ROOT / "cli" / "omx_wiki_cli"
MODULES = sorted([*LIBRARY.rglob("*.py"), *CLI.rglob("*.py")])
LAYERS = [
    "errors",
    "project",
    "hook",
    "templates",
    "pages",
    "settings",
    "search",
    "journal",
    "context",
    "hosts",
    "pending",
    "old_state",
    "worker",
    "purge",
    "prompt",
    "doctor",
    "omx_wiki_cli",
]
"""Lowest first; a module imports from its own layer and from lower ones."""

ONLY_IMPORTERS = {
    "whoosh": {"search/engine.py"},
    "markdown_it": {"pages/markdown.py"},
    "filelock": {"pages/lock.py"},
    "yaml": {"pages/front_matter.py"},
    "jinja2": {"journal/session_template.py"},
}
CLI_ONLY = {"click", "rich"}
HOT_LIBRARIES = {"omx_wiki"}


def imports_of(path: Path) -> set[str]:
    """Return the dotted names that a module imports anywhere, type-checking blocks left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    names: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def layer_of(dotted: str) -> str:
    parts = dotted.split(".")
    return parts[0] if parts[0] == "omx_wiki_cli" else parts[1] if len(parts) > 1 else ""


def own_layer(path: Path) -> str:
    if path.is_relative_to(CLI):
        return "omx_wiki_cli"
    return path.relative_to(LIBRARY).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_downwards(path: Path) -> None:
    own = own_layer(path)
    if own == "__init__":
        return
    rank = LAYERS.index(own)
    for name in imports_of(path):
        if name.split(".")[0] in {"omx_wiki", "omx_wiki_cli"} and layer_of(name) in LAYERS:
            assert LAYERS.index(layer_of(name)) <= rank, f"{name} is above {own}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_library_has_its_one_importer(path: Path) -> None:
    top = {name.split(".")[0] for name in imports_of(path)}
    inside = str(path.relative_to(LIBRARY)) if path.is_relative_to(LIBRARY) else ""
    for library, importers in ONLY_IMPORTERS.items():
        assert library not in top or inside in importers
    assert not inside or not CLI_ONLY & top


@pytest.mark.parametrize("path", sorted((LIBRARY / "hook").rglob("*.py")), ids=lambda path: path.name)
def test_hooks_use_the_standard_library_alone(path: Path) -> None:
    import sys

    for name in imports_of(path):
        assert name.split(".")[0] in sys.stdlib_module_names | {"omx_wiki"}
        if name.startswith("omx_wiki."):
            assert layer_of(name) in {"hook", "project"}


def test_every_layer_exists() -> None:
    assert {own_layer(path) for path in MODULES} <= {*LAYERS, "__init__"}
