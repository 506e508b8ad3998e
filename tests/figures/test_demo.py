"""The demo's figures add up exactly to the founding year, through the sheets a section would bring."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest

from intranet import clock
from intranet.access.registry import DemoHall
from intranet.figures import board, demo
from intranet.figures.models import Incident, MonthlyScore, WindowMonth
from tests.figures.rows import inspector
from tests.people.hall import place
from tests.people_of_the_hall import make_user

TODAY = dt.date(2026, 11, 28)


def test_the_parts_add_up_exactly():
    draw = random.Random(7)
    for whole in (0, 1, 18_292, 316_994):
        parts = demo._split(whole, [draw.uniform(0.3, 2) for _number in range(430)])
        assert sum(parts) == whole
        assert min(parts) >= 0


@pytest.mark.django_db
def test_the_demo_adds_up_and_leaves_the_source_of_chance_alone(hall, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "uploads"
    by = inspector()
    inspector()
    for number in range(9):
        place(make_user(name=f"王{'一二三四五六七八九'[number]}").person, hall.tax, hall.tax_window)
    shared = DemoHall(
        data=Path(), draw=random.Random(3), today=TODAY, staff=9, say=lambda text: None, officers={"inspection": by}
    )
    before = shared.draw.getstate()
    with clock.at(clock.start_of(TODAY, 12)):
        demo.load(shared)
        year = board.year_so_far(by, dt.date(2026, 10, 1))
    assert (year.cases_handled, year.finished_on_the_spot, str(year.rate)) == (316_994, 298_702, "94.23")
    # The ten, and from January of last year up to them.
    assert WindowMonth.objects.count() == (10 + 12) * 3
    assert MonthlyScore.objects.filter(person__isnull=False).count() == 10 * 9
    states = set(Incident.objects.values_list("state", "appeal"))
    assert states >= {("registered", ""), ("verified", ""), ("not_upheld", ""), ("not_upheld", "succeeded")}
    assert shared.draw.getstate() == before
