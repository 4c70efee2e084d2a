"""The answer of `wiki query`, printed; shared by the command and its quick start."""

from __future__ import annotations

from omx_wiki.pages.store import Store
from omx_wiki.search.query import search
from omx_wiki_cli import render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from omx_wiki.project import Project
    from omx_wiki.search.query import Query


def print_answer(project: Project, query: Query, *, as_json: bool) -> int:
    """Search and print what was found; return the exit code: 0, or 1 when nothing was."""
    store = Store(project)
    if query.like:
        query.like = store.resolve(query.like)
    results = search(project, store, query)
    if as_json:
        render.print_json(render.results_document(results))
    else:
        render.print_hits(results)
    if results.relaxed:
        if results.hits and not results.suggestion:
            render.say("no page has all of this; these have some of it")
    elif results.complete < min(len(results.hits), results.total):
        render.say(
            f"{results.complete} of {results.total} pages have all of this; the others have some of it"
        )
    for note in results.notes:
        render.say(note)
    if results.problem:
        render.say(f"the search index cannot be used ({results.problem}); all pages were read instead")
    if not results.hits and not as_json:
        render.say("nothing found")
    if results.behind:
        from omx_wiki.pending import request_refresh

        request_refresh(project, verify=bool(results.problem))
    return 0 if results.hits else 1
