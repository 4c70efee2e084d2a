"""The measured rows as tables for people, and as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_MEGABYTE = 1_000_000
_LEAST_PAGES_PER_SECOND = 300
_SMALLEST_JUDGED = 1_000  # below it most of the time goes into imports
_MOST_PEAK_BYTES = 400 * _MEGABYTE
_INDEX_HEADINGS = (
    *("pages", "pages/s CPU", "pages/s wall", "peak MB", "index MB", "FTS5 pages/s", "FTS5 MB"),
    *("look /P", "1 page /P", "100 pages /P", "all work /P"),
)


def index_row(
    size: int, built: Mapping[str, float], refreshed: Mapping[str, float], unit: float
) -> dict[str, Any]:
    """Return what building and refreshing an index of `size` pages costs.

    `unit` is the CPU of the bare interpreter in seconds. Of a refresh, `look` is what it takes when nothing
    has changed, and `one` and `hundred` what changed pages take on top; `work` is everything that the
    background process does after one changed page.
    """
    look = refreshed["look"]
    return {
        "size": size,
        "pages_per_cpu_second": round(size / built["cpu"]),
        "pages_per_second": round(size / built["wall"]),
        "peak_bytes": built["peak_bytes"],
        "index_bytes": built["index_bytes"],
        "fts5_pages_per_cpu_second": round(size / built["fts5_cpu"]),
        "fts5_bytes": built["fts5_bytes"],
        "look_ms": round(look * 1000, 1),
        "look_ratio": round(look / unit, 1),
        "one_ratio": round((refreshed["one"] - look) / unit, 1),
        "hundred_ratio": round((refreshed["hundred"] - look) / unit, 1),
        "work_ratio": round(refreshed["work"] / unit, 1),
    }


def index_table(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the rows of `index_row` for people, and what is worse than it must be."""
    rows = list(rows)
    lines = ["".join(f"{heading:>14}" for heading in _INDEX_HEADINGS)]
    lines += ["".join(f"{cell:>14}" for cell in _index_cells(row)) for row in rows]
    return "\n".join([*lines, *_failures(rows)])


def markdown(queries: Sequence[Mapping[str, Any]], index: Sequence[Mapping[str, Any]]) -> str:
    """Return both tables; in that of the searches a cell is CPU in multiples of P, and wall time."""
    sizes = [row["size"] for row in index]
    found = {(row["subject"], row["how"], row["size"]): row for row in queries if "subject" in row}
    lines = _header([*("", "search"), *(f"{size:,} pages" for size in sizes)])
    for subject, how in dict.fromkeys((subject, how) for subject, how, _ in found):
        cells = [_cell(found.get((subject, how, size))) for size in sizes]
        lines.append(_line([subject, how, *cells]))
    lines += ["", *_header(_INDEX_HEADINGS)]
    lines += [_line(_index_cells(row)) for row in index]
    return "\n".join(lines)


def _cell(row: Mapping[str, Any] | None) -> str:
    return f"{row['cpu_ratio']:.1f} P, {row['wall_ms']:.0f} ms" if row else ""


def _index_cells(row: Mapping[str, Any]) -> list[str]:
    return [
        f"{row['size']:,}",
        f"{row['pages_per_cpu_second']:,}",
        f"{row['pages_per_second']:,}",
        f"{row['peak_bytes'] / _MEGABYTE:.0f}",
        f"{row['index_bytes'] / _MEGABYTE:.1f}",
        f"{row['fts5_pages_per_cpu_second']:,}",
        f"{row['fts5_bytes'] / _MEGABYTE:.1f}",
        *(f"{row[name]:.1f}" for name in ("look_ratio", "one_ratio", "hundred_ratio", "work_ratio")),
    ]


def _failures(rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for row in rows:
        is_slow = row["pages_per_cpu_second"] < _LEAST_PAGES_PER_SECOND
        if is_slow and row["size"] >= _SMALLEST_JUDGED:
            yield f"{row['size']:,} pages: fewer than {_LEAST_PAGES_PER_SECOND} pages per second"
        if row["peak_bytes"] > _MOST_PEAK_BYTES:
            yield f"{row['size']:,} pages: more than {_MOST_PEAK_BYTES // _MEGABYTE} MB"


def _header(cells: Sequence[str]) -> list[str]:
    return [_line(cells), _line(["---"] * len(cells))]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
