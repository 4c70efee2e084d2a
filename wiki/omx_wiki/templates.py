"""Finds the template files of this installation."""

from __future__ import annotations

from pathlib import Path

from omx_wiki.errors import WikiError

_PACKAGE = Path(__file__).resolve().parent


def template_folder() -> str:
    """Return the folder of templates: the wheel's copy, else the checkout's `templates`.

    Raises WikiError when this installation has neither.
    """
    for folder in _places():
        if folder.is_dir():
            return str(folder)
    raise WikiError("the templates are missing from this installation", "install omx-wiki again")


def template(name: str) -> str:
    """Return the text of a template: from the wheel's copy, else from the checkout's `templates` folder."""
    for folder in _places():
        try:
            return (folder / name).read_bytes().decode()
        except OSError:
            continue
    raise WikiError(f"the template {name} is missing from this installation", "install omx-wiki again")


def _places() -> tuple[Path, Path]:
    return (_PACKAGE / "_templates", _PACKAGE.parents[1] / "templates")
