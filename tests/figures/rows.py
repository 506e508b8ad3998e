"""Months, scores and incidents for tests."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from intranet import clock
from intranet.figures.models import Incident, MonthlyScore, WindowMonth
from tests.people_of_the_hall import make_user

NOW = clock.parse("2026-11-05T10:00")
OCTOBER = dt.date(2026, 10, 1)
GOOD = dict(zip(WindowMonth.GRADES, (60, 20, 10, 7, 3), strict=True))


def inspector(**fields):
    return make_user(None, "inspection", **fields)


def month(window, first, handled, spot, overdue=0, ratings=None):
    return WindowMonth.objects.create(
        window=window,
        month=first,
        cases_handled=handled,
        finished_on_the_spot=spot,
        overdue=overdue,
        changed_at=NOW,
        **(ratings or {}),
    )


def score(subject, first, number, **fields):
    name = subject._meta.model_name
    return MonthlyScore.objects.create(
        **{name: subject}, month=first, score=Decimal(number), changed_at=NOW, **fields
    )


def incident(subject, by, day=OCTOBER, kind="complaint", state="verified", points=0, **fields):
    given = {"channel": "desk", "text": "事情经过", "registered_at": NOW, **fields}
    name = subject._meta.model_name
    return Incident.objects.create(
        **{name: subject}, kind=kind, occurred_on=day, state=state, points=points, registered_by=by, **given
    )
