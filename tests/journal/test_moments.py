"""Dates as people name them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.errors import InvalidInputError
from omx_wiki.journal.moments import parse_moment, read_stamp

NOW = datetime(2026, 3, 30, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.delenv("TZ")
    time.tzset()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("today", "2026-03-29T22:00", "2026-03-30T22:00"),
        ("Yesterday ", "2026-03-28T23:00", "2026-03-29T22:00"),
        ("2026-01-31", "2026-01-30T23:00", "2026-01-31T23:00"),
        ("2026-03-29", "2026-03-28T23:00", "2026-03-29T22:00"),
        ("2026-01-31T14:05", "2026-01-31T13:05", "2026-01-31T13:05"),
        ("2026-01-31T14:05Z", "2026-01-31T14:05", "2026-01-31T14:05"),
        ("36h", "2026-03-28T13:30", "2026-03-28T13:30"),
        ("3d", "2026-03-27T01:30", "2026-03-27T01:30"),
        ("2w", "2026-03-16T01:30", "2026-03-16T01:30"),
    ],
)
def test_a_date_means_a_moment_and_a_day_has_an_end(text: str, begin: str, end: str) -> None:
    assert parse_moment(text, NOW) == utc(begin)
    assert parse_moment(text, NOW, end=True) == utc(end)


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-13-01", "3", "d", "-3d", "999999d", "٣d", "0000-01-01", "9999-12-31"]
)
def test_anything_else_is_refused_with_examples(text: str) -> None:
    with pytest.raises(InvalidInputError, match="is not a date") as caught:
        parse_moment(text, NOW, end=True)
    assert "yesterday" in caught.value.hint


@given(st.text())
def test_no_text_is_worse_than_refused(text: str) -> None:
    try:
        assert parse_moment(text, NOW).tzinfo is not None
    except InvalidInputError:
        assert text.strip().casefold() not in {"today", "yesterday"}


@given(
    st.datetimes(min_value=datetime(1972, 1, 1), max_value=datetime(9990, 1, 1)),  # noqa: DTZ001  (made UTC below)
    st.integers(-14, 14),
)
def test_a_written_time_is_read_back(moment: datetime, hours: int) -> None:
    there = moment.replace(tzinfo=UTC)
    assert read_stamp(there.isoformat()) == there
    assert read_stamp((there + timedelta(hours=hours)).isoformat()) == there + timedelta(hours=hours)


@given(st.text() | st.from_regex(r"\d{4}-\d\d-\d\dT?\d*:?\d*"))
def test_a_stamp_of_any_text_is_shown_in_every_zone_or_none(text: str) -> None:
    stamp = read_stamp(text)
    assert stamp is None or stamp.astimezone().astimezone(UTC) == stamp
