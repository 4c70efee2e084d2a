"""All pages as they are at this moment: the index where it still holds, the files themselves elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.errors import WikiError
from omx_wiki.search.files import digest_of
from omx_wiki.search.fresh import FreshPages, no_counts
from omx_wiki.search.generations import UnusableIndexError, open_generation
from omx_wiki.search.manifest import Entry, Manifest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from omx_wiki.pages.page import Page
    from omx_wiki.project import Project
    from omx_wiki.search.fresh import Counts
    from omx_wiki.search.index import Index
    from omx_wiki.search.source import FileStat, PageSource


class About(NamedTuple):
    """What a hit shows of its page besides the text."""

    title: str
    tags: tuple[str, ...]
    category: str
    updated: str
    kind: str
