"""Dates without a library agree with the library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.hook.dates import epoch_of, last_change

ZONES = st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(
    lambda offset: timezone(timedelta(minutes=offset // timedelta(minutes=1)))
)
TIMES = st.datetimes(datetime(1970, 1, 3), datetime(9999, 12, 29), timezones=st.just(UTC) | ZONES)  # noqa: DTZ001


@given(TIMES)
def test_a_time_is_what_datetime_makes_of_it(time: datetime) -> None:
    assert epoch_of(time.isoformat()) == pytest.approx(time.timestamp(), abs=1e-3)


@given(TIMES)
def test_a_time_with_a_z_and_milliseconds(time: datetime) -> None:
    text = time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert epoch_of(text) == pytest.approx(time.timestamp(), abs=1e-2)


@given(st.dates(datetime(1970, 1, 1).date(), datetime(9999, 12, 31).date()))  # noqa: DTZ001
def test_a_plain_date_is_midnight_in_utc(day: object) -> None:
    assert epoch_of(str(day)) == datetime.fromisoformat(str(day)).replace(tzinfo=UTC).timestamp()


@given(st.text())
def test_no_text_raises(text: str) -> None:
    assert epoch_of(text) is None or text[:4].isdigit()


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026", "2026-13-01", "2026-00-10", "2026/01/02", "0026-01-01"]
)
def test_what_is_no_date(text: str) -> None:
    assert epoch_of(text) is None


@pytest.mark.parametrize(
    ("written", "mtime", "is_shared", "expected"),
    [
        ("", 5e8, False, 5e8),
        ("1970-01-02", 86400 + 3600, False, 86400 + 3600),
        ("1970-01-02", 86400 + 3600, True, 86400),
        ("1970-01-02", 86400 * 40, False, 86400),
        ("1970-01-02", 100, False, 86400),
    ],
    ids=["no date", "edited since", "a checkout", "copied since", "older file"],
)
def test_the_last_change(written: str, mtime: float, is_shared: bool, expected: float) -> None:  # noqa: FBT001
    assert last_change(written, mtime, is_shared=is_shared) == expected
