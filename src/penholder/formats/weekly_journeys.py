"""Weekly counts of people at each step of a service, in the two layouts of the Performance Platform."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from penholder.errors import Refused


@dataclass(frozen=True)
class WeeklyCounts:
    """People at each step by the first day of a week; a week that a step says nothing about is None, not 0."""

    steps: dict[str, dict[date, int | None]]

    def at(self, step: str) -> dict[date, int]:
        """The weeks in which a step gave a number."""
        if step not in self.steps:
            raise Refused(f"There is no step “{step}” in this file. It has: {', '.join(sorted(self.steps))}.")
        return {week: count for week, count in self.steps[step].items() if count is not None}


def read_weekly_journey(path: str, data: bytes) -> WeeklyCounts:
    """Read either layout: weeks inside steps, or one record per step and week."""
    try:
        records = json.loads(data)["data"]
        steps: dict[str, dict[date, int | None]] = defaultdict(dict)
        for record in records:
            if "values" in record:
                for value in record["values"]:
                    week = _day(value["_start_at"])
                    steps[record["eventLabel"]][week] = _count(value["uniqueEvents:sum"])
            else:
                steps[record["eventLabel"]][_day(record["_timestamp"])] = _count(record["uniqueEvents"])
    except (ValueError, KeyError, TypeError) as fault:
        raise Refused(f"{path}: this is not a weekly journey of the Performance Platform ({fault!r}).") from fault
    return WeeklyCounts(dict(steps))


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()


def _count(value: Any) -> int | None:
    return None if value is None else int(value)
