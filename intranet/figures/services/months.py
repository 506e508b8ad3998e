"""Figures and scores of a month, one at a time; sheets bring whole months through ``figures.sheets``."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from intranet import clock
from intranet.access import audit, roles
from intranet.access.exceptions import NotAllowed
from intranet.people.models import Person, Unit, Window

from ..exceptions import MonthError
from ..models import MonthlyScore, WindowMonth
from ..models.months import MOST_POINTS


def check_inspection(by: Any) -> None:
    """Raises NotAllowed for whoever is not of the inspection section."""
    if by is None or not by.has_role(roles.INSPECTION):
        raise NotAllowed(_("Only the inspection section does this. Ask them."))


def check_month(month: dt.date) -> dt.date:
    """The first day of a month that has begun. Raises MonthError."""
    first = month.replace(day=1)
    if first > clock.today():
        raise MonthError(_("This month is still to come. Correct the month."))
    return first


def check_counts(*, handled: int, on_the_spot: int) -> None:
    """Raises MonthError when more was finished on the spot than was handled."""
    if on_the_spot > handled:
        raise MonthError(
            _("Finished on the spot (%(spot)d) is more than handled (%(handled)d). Correct one of the two.")
            % {"spot": on_the_spot, "handled": handled}
        )


def save_window_month(
    *,
    window: Window,
    month: dt.date,
    cases_handled: int,
    finished_on_the_spot: int,
    overdue: int = 0,
    ratings: dict[str, int] | None = None,
    by: Any,
) -> WindowMonth:
    """Enter or correct a window's figures of a month; ``ratings`` by the five grades, None: not counted.

    Raises NotAllowed, MonthError.
    """
    check_inspection(by)
    first = check_month(month)
    numbers = {"cases_handled": cases_handled, "finished_on_the_spot": finished_on_the_spot, "overdue": overdue}
    if any(number < 0 for number in (*numbers.values(), *(ratings or {}).values())):
        raise MonthError(_("A count cannot be below nought. Correct it."))
    if ratings is not None and set(ratings) != set(WindowMonth.GRADES):
        raise MonthError(_("Give all five grades of the ratings, or none of them."))
    check_counts(handled=cases_handled, on_the_spot=finished_on_the_spot)
    grades: dict[str, int | None] = dict.fromkeys(WindowMonth.GRADES) | (ratings or {})
    with transaction.atomic():
        row, _made = WindowMonth.objects.update_or_create(
            window=window, month=first, defaults={**numbers, **grades, "entered_by": by, "changed_at": clock.now()}
        )
        audit.record("figures.save_window_month", row, by=by, data={"month": first.isoformat()})
    return row


def save_monthly_score(
    *, subject: Person | Window | Unit, month: dt.date, score: Decimal, reason: str = "", by: Any
) -> MonthlyScore:
    """Enter or correct a score for a month. Raises NotAllowed, MonthError.

    Nobody scores themselves: somebody else of the section does.
    """
    check_inspection(by)
    first = check_month(month)
    if not 0 <= score <= MOST_POINTS:
        raise MonthError(_("A score lies between 0 and %(most)d. Correct it.") % {"most": MOST_POINTS})
    if isinstance(subject, Person) and subject.user_id == by.pk:
        raise NotAllowed(_("You cannot score yourself. Ask a colleague of the inspection section."))
    whose: dict[str, Any] = {str(type(subject)._meta.model_name): subject}
    with transaction.atomic():
        row, _made = MonthlyScore.objects.update_or_create(
            **whose,
            month=first,
            defaults={"score": score, "reason": reason.strip(), "entered_by": by, "changed_at": clock.now()},
        )
        audit.record("figures.save_monthly_score", row, by=by, data={"month": first.isoformat()})
    return row
