"""Instants and dates: UTC inside, Swedish local time for deadlines."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

SWEDISH_TIME: Final = ZoneInfo("Europe/Stockholm")
FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)
"""The days that the programme knows: what comes in from outside is between them, so that a day can be reckoned with."""


def end_of_day(day: date) -> datetime:
    """Return the first instant (UTC) after `day` in Swedish local time: what comes then is too late."""
    return datetime.combine(day + timedelta(days=1), time(0), SWEDISH_TIME).astimezone(UTC)


def local_date(instant: datetime) -> date:
    """Return the Swedish calendar date of an aware instant."""
    return instant.astimezone(SWEDISH_TIME).date()


def at_local(day: date, hour: time) -> datetime:
    """Return the instant (UTC) at which Swedish clocks show `hour` on `day`."""
    return datetime.combine(day, hour, SWEDISH_TIME).astimezone(UTC)


def whole_milliseconds(instant: datetime) -> datetime:
    """Return the instant as the database keeps it, so that what is answered is what is read later."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
