"""Times read as columns are what reading them one by one gives, or what is no time for one is none for all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penholder.measure.intake import times

zones = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=11))])
moments = st.builds(
    lambda at, zone: at.replace(tzinfo=zone),
    st.datetimes(datetime(1970, 1, 3), datetime(2250, 1, 1)),  # noqa: DTZ001 - the zone comes with it
    zones,
)


@given(st.lists(moments, min_size=1, max_size=8), st.sampled_from(["auto", "seconds", "milliseconds", "microseconds"]))
def test_columns_say_what_datetimes_say(moments, timespec):
    texts = [at.isoformat(timespec=timespec) for at in moments]
    wanted = [
        (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) for text in texts
    ]
    assert times.read_all(texts).tolist() == wanted
    assert [times.read(text) for text in texts] == wanted
    with_z = [at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z") for at in moments]
    assert times.read_all(with_z).tolist() == [times.read(text) for text in with_z]


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T10:00:00Z", "2026-13-01T10:00:00Z", "2026-00-01T10:00:00Z", "2026-01-00T10:00:00Z",
        "2026-01-01T24:00:01Z", "2026-01-01T10:60:00Z", "2026-01-01T10:00:61Z", "2026-01-01T10:00:0:Z",
        "2026-01-01T10:00:00+25:00", "2026-01-01T10:00:00", "yesterday", "", "2026-01-01", "２０２６-01-01T10:00:00Z",
    ],
)  # fmt: skip
def test_what_is_no_time_with_a_zone_is_none(text):
    assert times.read(text) is None
    assert times.read_all(["2026-01-01T10:00:00Z", text]) is None
    assert times.read_all([text, text]) is None


@given(st.text("0123456789-:.TZz+", max_size=30))
def test_whatever_stands_there_one_and_all_agree(text):
    one, several = times.read(text), times.read_all([text, text])
    assert several is None if one is None else several.tolist() == [one, one]
