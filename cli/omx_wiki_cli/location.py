"""Which project a command works for."""

from __future__ import annotations

import click

from omx_wiki.errors import UnavailableError
from omx_wiki.project import Project, find_project


def chosen_project() -> Project:
    """Return the project of `-C DIR`, else of the current folder; it may have no wiki yet."""
    return find_project(click.get_current_context().find_root().obj)


def existing_wiki() -> Project:
    """Return the project when it has a wiki.

    Raises:
        UnavailableError: it has none.
    """
    project = chosen_project()
    if not project.has_pages():
        raise UnavailableError(
            f"no wiki in {project.root}", "run `wiki setup` there, or `wiki add` a first page"
        )
    return project


def journalled_wiki() -> Project:
    """Return the project when it has a wiki, its journal brought up to date as far as that is possible now.

    Raises:
        UnavailableError: it has none.
    """
    from omx_wiki.worker import catch_up

    project = existing_wiki()
    catch_up(project)
    return project
