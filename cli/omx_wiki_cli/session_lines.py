"""Sessions as text: one line each for a list, a page for reading, and what touched a file."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from omx_wiki.journal.session_body import without_marks
from omx_wiki_cli.render import is_coloured, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from omx_wiki.journal.blame import Blame
    from omx_wiki.journal.recurring import RecurringFailure
    from omx_wiki.journal.session_rows import SessionRow
    from omx_wiki.pages.page import Page

_COLOURS = {"shipped": "green", "left failing": "red", "interrupted": "yellow"}
_WIDTH, _NARROWEST, _WIDEST = 100, 60, 160
_MOST = (8, 11, 5, 16, 12, 200, 11, 12)
"""How many cells each column may take, in the order of `_columns`."""

_OUTCOME, _TITLE, _ID = 4, 5, 8
_MINUTE, _HOUR = 60, 3600
_LONG_HOURS = 100
_SHORTEST_TITLE = 10


def print_sessions(rows: Sequence[SessionRow]) -> None:
    """Print one line per session: name, start, time worked, branch, outcome, title, files, failures."""
    if not rows:
        return
    now = datetime.now().astimezone()
    table = [_columns(row, now) for row in rows]
    widths = [
        min(most, max(map(_cells, column)))
        for most, column in zip(_MOST, zip(*table, strict=True), strict=True)
    ]
    widths[_TITLE] = min(widths[_TITLE], max(_SHORTEST_TITLE, _line_width() - _taken(widths)))
    for row, columns in zip(rows, table, strict=True):
        click.echo(_line(columns, widths, _COLOURS.get(row.outcome)), color=is_coloured())


def _columns(row: SessionRow, now: datetime) -> list[str]:
    failed = f"{row.failures} failed" if row.failures else ""
    texts = [
        row.short_id,
        started_text(row, now),
        worked_text(row.seconds),
        row.branch,
        row.outcome,
        row.title,
    ]
    return [*(plain(text).replace("\n", " ") for text in texts), _counted(row.files, "file"), failed]


def _taken(widths: Sequence[int]) -> int:
    """Return how many cells the columns take without the title."""
    return sum(width + 2 for at, width in enumerate(widths) if width and at != _TITLE)


def _line(columns: Sequence[str], widths: Sequence[int], colour: str | None) -> str:
    """Return the columns of one session side by side; a column that is empty in every line is left out."""
    cells = [_fit(text, width) for text, width in zip(columns, widths, strict=True)]
    cells[_OUTCOME] = click.style(cells[_OUTCOME], fg=colour)
    if columns[-1]:
        cells[-1] = click.style(cells[-1].rstrip(), fg="red")
    return "  ".join(cell for cell, width in zip(cells, widths, strict=True) if width).rstrip()


def started_text(row: SessionRow, now: datetime) -> str:
    """Return when a session started, in this machine's time: `today 14:05`, `yesterday` or the date."""
    if row.begin is None:
        return ""
    begin = row.begin.astimezone()
    if begin.date() == now.date():
        return f"today {begin:%H:%M}"
    return "yesterday" if begin.date() == now.date() - timedelta(days=1) else begin.date().isoformat()


def worked_text(seconds: int) -> str:
    """Return a duration: `<1m`, `12m`, `1h05`, `130h`."""
    hours, minutes = seconds // _HOUR, seconds % _HOUR // _MINUTE
    if hours >= _LONG_HOURS:
        return f"{hours}h"
    if hours:
        return f"{hours}h{minutes:02d}"
    return f"{minutes}m" if minutes else "<1m"


def print_session(page: Page, facts: str) -> None:
    """Print a session's page for people: typeset on a terminal, else its text."""
    body = without_marks(page.body)
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        console = Console(no_color=not is_coloured())
        console.print(plain(facts), style="dim", markup=False, highlight=False)
        console.print(Markdown(plain(body)))
    else:
        click.echo(plain(body))
        click.echo(plain(facts), err=True)


def facts_line(row: SessionRow, path: str) -> str:
    """Return the facts of a session on one line."""
    facts = [row.id, row.branch, row.outcome, worked_text(row.seconds), ", ".join(row.tags), path]
    return " · ".join(fact for fact in facts if fact)


def print_recurring(failures: Sequence[RecurringFailure]) -> None:
    """Print the failures that come back, one line each."""
    if not failures:
        return
    click.echo("\nfailing again and again")
    for failure in failures:
        state = click.style("fixed", fg="green") if failure.fixed else click.style("open ", fg="red")
        last = f"last {failure.last_seen[:10]}" if failure.last_seen else ""
        error = _fit(failure.error, _line_width() - 40)
        line = f"{failure.count:>4}x  {state}  {_fit(failure.family, 6)}  {error}  {plain(last)}"
        click.echo(line.rstrip(), color=is_coloured())


def print_blame(found: Blame) -> None:
    """Print which sessions, decisions and pages touched a path."""
    for name in found.names[1:]:
        click.echo(f"earlier name: {plain(name)}")
    if found.sessions:
        _heading("sessions")
        print_sessions([touch.session for touch in found.sessions])
    decisions = [(touch.session.short_id, text) for touch in found.sessions for text in touch.decisions]
    if decisions:
        _heading("decided in them")
        for short_id, text in decisions:
            click.echo(f"{_fit(short_id, _ID)}  {plain(text)}")
    if found.pages:
        _heading("pages")
        for page in found.pages:
            click.echo(plain(f"{page.page}:{page.line}  {page.title}  [{page.category}]"))
            if page.text:
                click.echo(f"    {_fit(page.text, _line_width() - 4).rstrip()}")


def _heading(text: str) -> None:
    click.echo(click.style(text, bold=True), color=is_coloured())


def _line_width() -> int:
    if not sys.stdout.isatty():
        return _WIDTH
    return min(_WIDEST, max(_NARROWEST, shutil.get_terminal_size((_WIDTH, 24)).columns))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def _cells(text: str) -> int:
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _fit(text: str, width: int) -> str:
    """Return a text on one line in exactly so many terminal cells, an ellipsis where it is cut."""
    text = " ".join(plain(text).split())
    cells = _cells(text)
    if cells <= width:
        return text + " " * (width - cells)
    from rich.cells import set_cell_size

    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)
