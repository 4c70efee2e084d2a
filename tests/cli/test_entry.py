"""The quick start of `wiki query` understands what click understands, or leaves it to click."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import omx_wiki
from omx_wiki.search.query import Query
from omx_wiki_cli.commands import query as command
from omx_wiki_cli.entry import parse_query

WORDS = st.sampled_from(
    [
        "retry",
        "a b",
        "-n",
        "5",
        "0",
        "x",
        "--tag",
        "net",
        "--json",
        "--sessions",
        "--since",
        "2026",
        "--",
        "-z",
        "-notes",
        '-"dead zone"',
        "-n5",
        "--tag=x",
    ]
)


@given(st.lists(WORDS, max_size=8))
def test_quick_and_click_read_the_same_query(arguments: list[str]) -> None:
    quick = parse_query(arguments)
    if quick is None:
        return
    seen: list[object] = []

    def remember(_wiki: object, query: object, *, as_json: bool) -> int:
        seen.append((query, as_json))
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "existing_wiki", lambda: None)
        patch.setattr("omx_wiki_cli.answers.print_answer", remember)
        assert CliRunner().invoke(command.query_command, arguments).exit_code == 0
    assert seen == [quick]


@pytest.mark.parametrize("word", ["-notes", '-"dead zone"', "-café", '-"n 5"'])
def test_an_excluded_word_is_no_option(word: str) -> None:
    seen: list[Query] = []

    def remember(_wiki: object, query: Query, *, as_json: bool) -> int:
        seen.append(query)
        return int(as_json)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "existing_wiki", lambda: None)
        patch.setattr("omx_wiki_cli.answers.print_answer", remember)
        found = CliRunner().invoke(command.query_command, ["a", "-n5", word, "--tag=x"])
    assert (found.exit_code, found.output) == (0, "")
    assert seen == [Query(f"a {word}", limit=5, tags=("x",))]
    assert parse_query(["a", word]) == (Query(f"a {word}"), False)


def test_a_plain_query_does_without_click(repository: Path) -> None:
    (repository / ".omx" / "wiki").mkdir(parents=True)
    (repository / ".omx" / "wiki" / "a.md").write_text("# A zebra\n", encoding="utf-8")
    root = Path(omx_wiki.__file__).parents[2]
    program = f"import sys; sys.path[:0] = [{str(root / 'wiki')!r}, {str(root / 'cli')!r}]\n"
    program += "import os; end = os._exit\n"
    program += "os._exit = lambda code: (print(*sys.modules, file=sys.stderr, flush=True), end(code))\n"
    program += "sys.argv = ['wiki', 'query', 'zebra']; from omx_wiki_cli.entry import main; main()"
    done = subprocess.run([sys.executable, "-c", program], cwd=repository, capture_output=True, check=True)
    assert b"A zebra" in done.stdout
    assert not {"click", "rich", "filelock", "markdown_it", "yaml"} & set(done.stderr.decode().split())
