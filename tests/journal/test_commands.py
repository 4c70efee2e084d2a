"""Commands fall into families, repeated runs are recognised, errors are found in output."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.journal.commands import FAMILIES, family, normalise, segments
from omx_wiki.journal.errors_seen import error_class, first_error


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("pytest -q", "test"),
        ("cd /x && PYTHONPATH=. timeout -k 5 60 uv run --frozen pytest tests/a.py | tail -3", "test"),
        ("python3.11 -m pytest", "test"),
        ("/srv/venv/bin/pytest -x", "test"),
        ("npm test", "test"),
        ("npm run test:unit", "test"),
        ("cargo nextest run", "test"),
        ("go test ./...", "test"),
        ("make -j4 test", "test"),
        ("./gradlew check test", "test"),
        ("python manage.py test", "test"),
        ("ruff check . && pytest", "test"),
        ("ruff check --fix", "lint"),
        ("npx eslint src", "lint"),
        ("tsc --noEmit", "lint"),
        ("cargo clippy -- -D warnings", "lint"),
        ("npm run lint", "lint"),
        ("go vet ./...", "lint"),
        ("cargo check", "build"),
        ("cargo build --release", "build"),
        ("make", "build"),
        ("tsc -p .", "build"),
        ("python -m build", "build"),
        ("docker build -t x .", "build"),
        ("git commit -m 'fix pytest'", "git"),
        ("gh pr create", "git"),
        ("grep -rn pytest src", "other"),
        ('rg "make|pytest; git" docs', "other"),
        ("cat <<'EOF' > run.sh\npytest\nEOF", "other"),
        ("ls -la", "other"),
        ("", "other"),
        ("'unclosed", "other"),
    ],
)
def test_commands_fall_into_families(command: str, expected: str) -> None:
    assert family(command) == expected


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("pytest -q tests", "cd /srv/x && pytest -q tests"),
        ("pytest -q tests", "timeout 60 pytest -q tests 2>&1 | tail -20"),
        ("pytest -q tests", "CI=1 python -m pytest  -q tests || true"),
        ("npm test", "npm test > /tmp/out.txt"),
    ],
)
def test_repeated_runs_are_recognised(first: str, again: str) -> None:
    assert normalise(first) == normalise(again)


def test_different_runs_stay_different() -> None:
    assert normalise("pytest tests/a.py") != normalise("pytest tests/b.py")


@given(st.text(alphabet=st.sampled_from("ab '\"\\|&;<>\n()$=-"), max_size=80) | st.text(max_size=60))
def test_any_text_has_a_family_and_a_form(command: str) -> None:
    assert family(command) in FAMILIES
    assert len(normalise(command)) <= 300
    assert all(segment.words for segment in segments(command))


@pytest.mark.parametrize(
    ("output", "line", "kind"),
    [
        ("....F\n=== FAILURES ===\nE   assert 1 == 2\nFAILED a.py::t", "assert 1 == 2", "assertion"),
        (
            "Traceback (most recent call last):\n  File \"x.py\", line 1\n    f()\nKeyError: 'a'\n",
            "KeyError: 'a'",
            "",
        ),
        ("collected 3 items\n0 failed, 3 passed\nerror: coverage too low", "error: coverage too low", "git"),
        ("bash: foo: command not found", "bash: foo: command not found", "missing program"),
        ("error[E0308]: mismatched types", "error[E0308]: mismatched types", "type"),
        ("just\nwords\n\n", "words", ""),
        ("", "", ""),
    ],
)
def test_the_first_error_line_is_found(output: str, line: str, kind: str) -> None:
    assert (first_error(output), error_class(line)) == (line, kind)


@given(st.text(max_size=300))
def test_any_output_has_an_error_line_of_its_own(output: str) -> None:
    line = first_error(output)
    assert "\n" not in line
    assert line in output
