"""Billing periods: months as the calendar has them, anchored to the day on which they began."""

import calendar
import datetime as dt

SECONDS = {"day": 86_400, "week": 7 * 86_400}


def add(moment: int, interval: str, count: int, anchor: int | None = None) -> int:
    """Return the moment so many intervals later.

    The 31st becomes the last day of a shorter month, and the day of the anchor again where there is one.
    """
    if interval in SECONDS:
        return moment + SECONDS[interval] * count
    at = dt.datetime.fromtimestamp(moment, dt.UTC)
    day = dt.datetime.fromtimestamp(moment if anchor is None else anchor, dt.UTC).day
    months = at.year * 12 + at.month - 1 + count * (12 if interval == "year" else 1)
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return int(at.replace(year=year, month=month + 1, day=min(day, last)).timestamp())
