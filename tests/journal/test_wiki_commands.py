"""Commands tell which pages were opened, sought and written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.journal.wiki_commands import OPEN, SEARCH, WRITE, page_of_path, wiki_acts


@pytest.mark.parametrize(
    ("command", "acts"),
    [
        ("wiki show retry-policy", [(OPEN, "retry-policy")]),
        ("/opt/venv/bin/wiki show 'Retry policy' --raw", [(OPEN, "Retry policy")]),
        ("uv run wiki -C /srv/lantern show --raw retry | head -20", [(OPEN, "retry")]),
        ("cd x; wiki add 'Retry policy' text --tag a", [(WRITE, "Retry policy")]),
        ("wiki add --tag a 'Retry policy'", []),
        ("wiki edit lamp | cat", [(WRITE, "lamp")]),
        ("wiki query retry && wiki show retry-policy", [(SEARCH, ""), (OPEN, "retry-policy")]),
        ("wiki query -n 3 'retry policy' --json", [(SEARCH, "")]),
        ("wiki log show 0badcafe", [(OPEN, "sessions/0badcafe")]),
        ("wiki show --help", []),
        ("wiki query", []),
        ("wiki list", []),
        ("wiki", []),
        ("echo wiki show x", []),
        ("cat .omx/wiki/retry-policy.md", [(OPEN, "retry-policy")]),
        ("sed -n '1,40p' /srv/lantern/.omx/wiki/lamp.md", [(OPEN, "lamp")]),
        ("head -5 './.omx/wiki/a.md' .omx/wiki/sessions/b.md", [(OPEN, "a"), (OPEN, "sessions/b")]),
        ("cat omx_wiki/shared-page.md | grep x", [(OPEN, "omx_wiki/shared-page")]),
        ("grep -i lamp < .omx/wiki/lamp.md", [(OPEN, "lamp")]),
        ('Get-Content ".omx\\wiki\\lamp.md"', [(OPEN, "lamp")]),
        ("sed -i s/a/b/ .omx/wiki/lamp.md", []),
        ("cat > .omx/wiki/lamp.md <<EOF\ncat .omx/wiki/other.md\nEOF", []),
        ("cat notes >.omx/wiki/lamp.md", []),
        ("cat .omx/wiki/*.md", []),
        ("rm .omx/wiki/lamp.md", []),
        ("cat README.md .omx/wiki/notes.txt", []),
    ],
)
def test_commands_tell_what_they_do_with_pages(command: str, acts: list[tuple[str, str]]) -> None:
    assert wiki_acts(command) == acts


@given(st.text(alphabet=st.sampled_from("wikshowq .omx/.md'\"|;<>-$"), max_size=80) | st.text(max_size=80))
def test_any_text_is_a_command(command: str) -> None:
    for act in wiki_acts(command):
        assert act.what in {OPEN, SEARCH, WRITE}
        assert bool(act.page) == (act.what != SEARCH)


@given(st.text(max_size=40), st.sampled_from([".omx/wiki/", "/srv/x/.omx/wiki/sessions/", "omx_wiki/"]))
def test_a_page_of_a_path_lies_in_no_other_folder(name: str, folder: str) -> None:
    page = page_of_path(f"{folder}{name}.md")
    assert page.removeprefix("sessions/").removeprefix("omx_wiki/").count("/") == 0
