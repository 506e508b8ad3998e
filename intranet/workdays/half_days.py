"""Half days for some: 8 March for women, 4 May for the young.

全国年节及纪念日放假办法 (2024-11-10), art. 3: 妇女节 half a day for women, 青年节 half a day for the young
from 14 on, read as 14 to 28 since 2008; art. 6: on a weekend it is not made up.
"""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from .arithmetic import is_workday

YOUTH = range(14, 29)


class HalfDay(models.TextChoices):
    WOMEN = "women", _("Women's Day, half a day")
    YOUTH = "youth", _("Youth Day, half a day")


def age_on(birthday: dt.date, day: dt.date) -> int:
    """Completed years; who is born on 29 February completes one on 1 March of an ordinary year."""
    return day.year - birthday.year - ((day.month, day.day) < (birthday.month, birthday.day))


def half_day_for(*, sex: str, birthday: dt.date | None, day: dt.date) -> HalfDay | None:
    """The half day somebody has on a day, or None.

    ``sex`` is "female" or anything else. On a day that is not worked anyway (a weekend, a holiday) there
    is none, and it is not moved to another day.
    """
    kind = _kind(sex, birthday, day)
    return kind if kind and is_workday(day) else None


def _kind(sex: str, birthday: dt.date | None, day: dt.date) -> HalfDay | None:
    if (day.month, day.day) == (3, 8) and sex == "female":
        return HalfDay.WOMEN
    if (day.month, day.day) == (5, 4) and birthday is not None and age_on(birthday, day) in YOUTH:
        return HalfDay.YOUTH
    return None
