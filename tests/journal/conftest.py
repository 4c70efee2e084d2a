"""A store for session pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from omx_wiki.pages.store import Store
from omx_wiki.project import find_project


@pytest.fixture
def store(repository: Path) -> Store:
    return Store(find_project(str(repository)))
