"""Check that a wheel holds what it must and nothing that could collide with other distributions."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

_ROOT = Path(__file__).parents[1]


def main() -> None:
    """Exit with a message unless the wheel named by the first argument is whole."""
    names = set(zipfile.ZipFile(sys.argv[1]).namelist())
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name.split("/")[0]}
    if tops != {"omx_wiki", "omx_wiki_cli"}:
        sys.exit(f"unexpected top-level names in the wheel: {sorted(tops)}")
    wanted = {
        *(f"omx_wiki/_templates/{path.relative_to(_ROOT / 'templates')}" for path in _files("templates")),
        *(str(path.relative_to(_ROOT / "wiki")) for path in _files("wiki/omx_wiki")),
        *(str(path.relative_to(_ROOT / "cli")) for path in _files("cli/omx_wiki_cli")),
    }
    if missing := wanted - names:
        sys.exit(f"missing from the wheel: {sorted(missing)}")


def _files(folder: str) -> list[Path]:
    return [p for p in (_ROOT / folder).rglob("*") if p.is_file() and "__pycache__" not in p.parts]


main()
