"""What an entry of the register must satisfy; pure functions, for forms, services and sheets."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

from django.utils.translation import gettext as _

from intranet.sheets.values.words import DOTS, HAN
from intranet.workdays.half_days import age_on

YOUNGEST = 16  # 劳动法 art. 15: nobody under 16 is employed
OLDEST = 75


def clean_staff_number(text: str) -> str:
    """Full-width figures become half-width, spaces go; otherwise the hall's own form is kept."""
    return "".join(unicodedata.normalize("NFKC", str(text)).split())


def clean_name(text: str) -> str:
    """A name in the one form that sheets give it too: 张三 for "张 三", 买买提·艾力 whatever the dot was."""
    plain = "".join(ch for ch in text if ch.isprintable() or ch.isspace())
    return DOTS.sub("·", "".join(plain.split())).strip("·") if HAN.search(plain) else " ".join(plain.split())


def is_mobile(number: str) -> bool:
    """Whether digits are a mobile number of the mainland: only such a one gets text messages."""
    return bool(re.fullmatch(r"1[3-9]\d{9}", number))


def birthday_fault(birthday: dt.date | None, today: dt.date) -> str:
    """Why a birthday cannot be right, or "" when it can."""
    if birthday is None:
        return ""
    if birthday > today:
        return _("The birthday lies in the future; check the year.")
    age = age_on(birthday, today)
    if not YOUNGEST <= age <= OLDEST:
        return _("By this birthday the person is %(age)d; staff are between %(youngest)d and %(oldest)d.") % {
            "age": age,
            "youngest": YOUNGEST,
            "oldest": OLDEST,
        }
    return ""


def window_fault(unit: Any, window: Any) -> str:
    """Why people of a unit cannot sit at a window, or "" when they can.

    A general or joint-approval window takes everyone; any other one takes the units it belongs to and
    their sections.
    """
    if window is None or window.kind in (window.Kind.GENERAL, window.Kind.JOINT_APPROVAL):
        return ""
    owners = {owner.pk for owner in window.units.all()}
    if {unit.pk, unit.parent_id} & owners:
        return ""
    return _("Window %(window)s does not belong to %(unit)s. Choose another window, or add the unit to this one.") % {
        "window": window.number,
        "unit": unit,
    }
