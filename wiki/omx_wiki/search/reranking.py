"""Let something that reads better than we do, such as a language model, put the best pages in order."""

from __future__ import annotations

from omx_wiki.search.analysis import normal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from omx_wiki.search.corpus import Corpus
    from omx_wiki.search.ranking import Ranked

MOST_READ = 20


class Candidate:
    """A page that may be shown.

    Attributes:
        page: its slug.
        title: of the page.
        passage: the lines of its text that fit best, as they are written, with their heading if it is near.
        score: ours.
    """

    __slots__ = ("page", "passage", "score", "title")

    def __init__(self, page: str, title: str, passage: str, score: float) -> None:
        self.page = page
        self.title = title
        self.passage = passage
        self.score = score


if TYPE_CHECKING:
    Reranker: TypeAlias = Callable[[str, list[Candidate]], list[float]]


def reranked(text: str, found: list[Ranked], corpus: Corpus, reranker: Reranker) -> list[Ranked]:
    """Return what was found by the re-ranker's values, the highest first, equal ones in the order they had.

    What it raises is not caught.

    Raises:
        ValueError: it gave more or fewer values than there are candidates, or something that is no number.
    """
    values = [float(value) for value in reranker(text, [_candidate(each, corpus) for each in found])]
    if len(values) != len(found) or any(value != value for value in values):  # noqa: PLR0124 - as NaN alone does
        raise ValueError(f"a re-ranker gave {values} for {len(found)} candidates")
    order = sorted(range(len(found)), key=lambda at: -values[at])
    return [found[at].rescored("re-ranker", values[at]) for at in order]


def _candidate(found: Ranked, corpus: Corpus) -> Candidate:
    text, passage = corpus.text(found.number), found.passage
    lines = normal(text.body).split("\n")[passage.line : passage.last_line] if text else []
    return Candidate(corpus.slug(found.number), found.entry.title, "\n".join(lines).strip(), found.score)
