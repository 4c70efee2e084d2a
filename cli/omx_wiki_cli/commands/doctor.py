"""`wiki doctor`: one screen of health, and the mechanical remedies."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from omx_wiki_cli import render
from omx_wiki_cli.location import chosen_project

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from click._termui_impl import ProgressBar

    from omx_wiki.doctor.checkup import Mended
    from omx_wiki.doctor.finding import Finding, Progress
    from omx_wiki.project import Project

_STYLES = {"error": "1;31", "warning": "33", "note": render.BOLD, "ok": render.DIM}
_PATIENCE_SECONDS = 1.0


@click.command("doctor")
@click.option("--fix", is_flag=True, help="Mend what can be mended without a person, and say what.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def doctor_command(*, fix: bool, as_json: bool) -> None:
    """Tell whether everything works: installation, hooks, git, pages, index, secrets in pages.

    Exits with 1 when something does not work; warnings and notes are no failure. Nothing is changed without
    --fix, and no page ever.

    Where Codex has run before, it is asked what it makes of its config.toml, and its app-server which hooks
    it finds; that starts none of them. Elsewhere it only reads a copy, in a temporary home.
    """
    from omx_wiki.doctor.checkup import is_well, mend

    project = chosen_project()
    findings = _examined(project)
    mended: tuple[Mended, ...] = ()
    if fix and (mended := mend(findings)):
        findings = _examined(project)
    if as_json:
        render.print_json(_document(findings, mended))
    else:
        _print(findings)
    for done in mended:
        render.say(f"not done: {done.what}: {done.problem}" if done.problem else f"done: {done.what}")
    if not as_json:
        render.say(_verdict(findings, is_fixed=fix))
    raise click.exceptions.Exit(0 if is_well(findings) else 1)


def _examined(project: Project) -> tuple[Finding, ...]:
    from omx_wiki.doctor.checkup import examine

    with _progress() as progress:
        return examine(project, progress)


@contextmanager
def _progress() -> Iterator[Progress]:
    """Yield what draws a bar on a terminal once reading pages takes longer than a moment."""
    start = time.monotonic()
    bars: list[ProgressBar[int]] = []

    def progress(done: int, total: int) -> None:
        if not bars and sys.stderr.isatty() and time.monotonic() - start > _PATIENCE_SECONDS:
            bars.append(click.progressbar(length=total, label="reading pages", file=sys.stderr))
        for bar in bars:
            bar.update(done - bar.pos)

    yield progress
    for bar in bars:
        bar.render_finish()


def _document(findings: Sequence[Finding], mended: Sequence[Mended]) -> dict[str, object]:
    from omx_wiki.doctor.checkup import facts_of, gravest_first, is_well

    rows = [
        {
            "area": finding.area,
            "level": finding.level,
            "text": finding.text,
            "hint": finding.hint,
            "fixable": finding.fix is not None,
        }
        for finding in gravest_first(findings)
    ]
    done = [{"what": item.what, "problem": item.problem} for item in mended]
    return {"ok": is_well(findings), "findings": rows, "mended": done, **facts_of(findings)}


def _print(findings: Sequence[Finding]) -> None:
    """Print what is not as it should be, gravest first, then one line for each area that is."""
    from omx_wiki.doctor.checkup import gravest_first

    for finding in gravest_first([finding for finding in findings if finding.level != "ok"]):
        _print_line(finding.level, finding.area, _with_hint(finding))
    troubled = {finding.area for finding in findings if finding.level in {"error", "warning"}}
    fine: dict[str, list[str]] = {}
    for finding in findings:
        if finding.level == "ok" and finding.area not in troubled:
            fine.setdefault(finding.area, []).append(finding.text)
    for area, texts in fine.items():
        _print_line("ok", area, "; ".join(texts))


def _print_line(level: str, area: str, text: str) -> None:
    line = render.plain(f"{area:<9} {text}").replace("\n", " ")
    render.print_line(f"{render.styled(f'{level:<8}', _STYLES[level])} {line}")


def _with_hint(finding: Finding) -> str:
    return f"{finding.text} ({finding.hint})" if finding.hint else finding.text


def _verdict(findings: Sequence[Finding], *, is_fixed: bool) -> str:
    from omx_wiki.doctor.finding import count_of

    levels = [finding.level for finding in findings]
    counts = [count_of(levels.count(level), level) for level in ("error", "warning") if level in levels]
    left = len({found.fix.what for found in findings if found.fix and found.level != "ok"})
    offer = f"; wiki doctor --fix mends {left}" if left and not is_fixed else ""
    return (", ".join(counts) or "all is well") + offer
