"""The files of the repository that a page names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from omx_wiki.journal.paths import tidy

if TYPE_CHECKING:
    from omx_wiki.pages.page import Page

_CODE = re.compile(r"`([^`\s]{1,300})`")
_PLACE = re.compile(r"(?::\d+(?:[-:]\d+)*|#L\d+(?:-L?\d+)?)\Z")
_MAX_PATHS = 500


def cited_paths(page: Page) -> frozenset[str]:
    """Return what may be paths of files: the sources of a page, and single words of code in its text.

    A line number behind a path is left out. Whether such a file exists is not asked.
    """
    words = [source.strip() for source in page.sources]
    words += (found[1] for found in _CODE.finditer(page.body))
    paths = (tidy(_PLACE.sub("", word)) for word in words if "://" not in word)
    kept = dict.fromkeys(path for path in paths if path and path != "." and not path.startswith(("/", "..")))
    return frozenset(list(kept)[:_MAX_PATHS])
