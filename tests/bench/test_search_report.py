"""The tables of the search benchmark, made of numbers worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from search_report import index_row, index_table, markdown

BUILT = {
    "cpu": 2.0,
    "wall": 4.0,
    "peak_bytes": 50_000_000,
    "index_bytes": 3_500_000,
    "fts5_cpu": 0.5,
    "fts5_bytes": 4_000_000,
}
REFRESHED = {"look": 0.02, "one": 0.03, "hundred": 0.12, "work": 0.2}


def row(**changed: float) -> dict[str, Any]:
    return index_row(1000, {**BUILT, **changed}, REFRESHED, 0.01)


def test_a_changed_page_costs_what_comes_on_top_of_looking() -> None:
    found = row()
    assert (found["look_ratio"], found["one_ratio"], found["hundred_ratio"]) == (2.0, 1.0, 10.0)
    assert found["work_ratio"] == 20.0


def test_speed_is_given_for_processor_time_and_for_the_clock() -> None:
    found = row()
    assert (found["pages_per_cpu_second"], found["pages_per_second"]) == (500, 250)


def test_an_index_within_its_bars_has_no_remark() -> None:
    assert "than" not in index_table([row()])


@pytest.mark.parametrize(
    ("changed", "remark"),
    [({"cpu": 4.0}, "fewer than 300 pages per second"), ({"peak_bytes": 400_000_001}, "more than 400 MB")],
)
def test_an_index_beyond_a_bar_says_so(changed: dict[str, float], remark: str) -> None:
    assert f"1,000 pages: {remark}" in index_table([row(**changed)])


def test_a_small_index_may_be_slow_because_its_start_counts() -> None:
    assert "than" not in index_table([index_row(100, {**BUILT, "cpu": 1.0}, REFRESHED, 0.01)])


def test_the_markdown_has_a_column_for_each_size_and_blanks_where_nothing_was_measured() -> None:
    queries: list[dict[str, Any]] = [
        {"name": "P"},
        {"subject": "ours", "how": "cold", "size": 1000, "cpu_ratio": 3.04, "wall_ms": 29.6},
        {"subject": "ours", "how": "cold", "size": 100, "cpu_ratio": 2.96, "wall_ms": 28.0},
        {"subject": "other", "how": "warm", "size": 100, "cpu_ratio": 1.0, "wall_ms": 9.0},
    ]
    lines = markdown(queries, [row() | {"size": 100}, row()]).splitlines()
    assert lines[0] == "|  | search | 100 pages | 1,000 pages |"
    assert lines[2] == "| ours | cold | 3.0 P, 28 ms | 3.0 P, 30 ms |"
    assert lines[3] == "| other | warm | 1.0 P, 9 ms |  |"
    assert lines[-1].startswith("| 1,000 | 500 | 250 | 50 | 3.5 | 2,000 | 4.0 | 2.0 | 1.0 | 10.0 | 20.0 |")
