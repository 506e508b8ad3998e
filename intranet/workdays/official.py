"""The official days of the years whose notice is known, from the package chinesecalendar.

The package takes them from the yearly notices (国务院办公厅关于部分节假日安排的通知).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from importlib.metadata import version

from chinese_calendar import constants

# The package's names in the words of the notices.
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


@dataclass(frozen=True)
class OfficialDay:
    day: dt.date
    name: str
    off: bool


def official_days() -> list[OfficialDay]:
    """Every holiday and make-up workday the package knows, in order."""
    holidays = [OfficialDay(day, NAMES.get(name, name), True) for day, name in constants.holidays.items()]
    workdays = [OfficialDay(day, NAMES.get(name, name), False) for day, name in constants.workdays.items()]
    return sorted(holidays + workdays, key=lambda official: official.day)


def source() -> str:
    return f"chinesecalendar {version('chinesecalendar')}"
