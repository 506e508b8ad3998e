import datetime as dt

import pytest
from wagtail.models import Page

from intranet import clock


def test_days_are_days_at_the_hall():
    late_in_utc = dt.datetime(2026, 11, 23, 16, 30, tzinfo=dt.UTC)
    with clock.at(late_in_utc):
        assert clock.today() == dt.date(2026, 11, 24)


def test_a_text_without_zone_is_hall_time():
    assert clock.parse("2026-11-24T08:00").hour == 0


@pytest.mark.django_db
def test_the_template_is_migrated():
    assert Page.objects.exists()
